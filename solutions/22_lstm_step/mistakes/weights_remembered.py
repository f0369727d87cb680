# fails: called twice; first at: call 2, step 1, quantity c
import numpy as np

transposed = {}


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm_step(x, h_prev, c_prev, U, W, a):
    # transposing the weights once is quick, and wrong as soon as there are other weights
    if not transposed:
        transposed["U"], transposed["W"] = U.T.copy(), W.T.copy()
    z = x @ transposed["U"] + h_prev @ transposed["W"] + a
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
    c = f * c_prev + i * g
    return o * np.tanh(c), c
