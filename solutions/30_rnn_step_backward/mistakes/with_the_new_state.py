# fails: every check; first at: quantity d_W


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = (1 - h**2) * d_h
    d_W = d_z.T @ h  # W was multiplied with the state before
    return d_z @ U, d_z @ W, d_z.T @ x, d_W, d_z.sum(axis=0)
