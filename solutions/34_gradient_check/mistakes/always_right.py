# fails: wrong backward pass, one array, one column, nearly right, small gradients; first at: property
import numpy as np


def gradient_check(parameters, gradients, x, h_0, label):
    ok = True
    for name, d in gradients.items():
        ok = ok and d.shape == parameters[name].shape and np.isfinite(d).all()  # and the numbers?
    return ok
