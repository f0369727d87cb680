"""An earlier answer that calls the later one, which calls it."""


def rnn_step(x, h_prev, U, W, a):
    from rnn_unroll import rnn_unroll

    return rnn_unroll(x[None], h_prev, U, W, a)[0]
