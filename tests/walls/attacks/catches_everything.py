"""Catches whatever is raised, for ever."""


def rnn_step(x, h_prev, U, W, a):
    while True:
        try:
            while True:
                rnn_step(x, h_prev, U, W, a)
        except BaseException:
            continue
