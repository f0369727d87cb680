# fails: cell backward, backward; first at: shape
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    a_next = np.tanh(Waa @ a_prev + Wax @ xt + ba)
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = (1 - a_next**2) * da_next
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": np.sum(dz, axis=1),
    }


def rnn_forward(x, a0, parameters):
    n_y, n_a = parameters["Wya"].shape
    m, T_x = x.shape[1:]
    a, y_pred, caches = np.zeros((n_a, m, T_x)), np.zeros((n_y, m, T_x)), []
    a_next = a0
    for t in range(T_x):
        a_next, y_pred[:, :, t], cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        caches.append(cache)
    return a, y_pred, (caches, x)


def rnn_backward(da, caches):
    steps, x = caches
    total = {"dx": np.zeros_like(x), "da0": np.zeros_like(da[:, :, 0])}
    for t in reversed(range(da.shape[2])):
        gradients = rnn_cell_backward(da[:, :, t] + total["da0"], steps[t])
        total["dx"][:, :, t] = gradients["dxt"]
        total["da0"] = gradients["da_prev"]
        for name in ("dWax", "dWaa", "dba"):
            total[name] = total.get(name, 0) + gradients[name]
    return total
