# fails: inputs kept; first at: input d_h


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_h *= 1 - h**2  # this is the caller's array
    return d_h @ U, d_h @ W, d_h.T @ x, d_h.T @ h_prev, d_h.sum(axis=0)
