# fails: every check; first at: quantity d_U


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = d_h * (1 - h**2)
    # the weights stand inside tanh, too
    return d_z @ U, d_z @ W, d_h.T @ x, d_h.T @ h_prev, d_h.sum(axis=0)
