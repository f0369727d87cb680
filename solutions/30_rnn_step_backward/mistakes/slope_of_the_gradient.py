# fails: every check; first at: step 1, quantity d_x


def rnn_step_backward(d_h, x, h_prev, h, U, W):
    d_z = 1 - d_h**2  # the slope of tanh, but taken of the gradient, which is lost
    return d_z @ U, d_z @ W, d_z.T @ x, d_z.T @ h_prev, d_z.sum(axis=0)
