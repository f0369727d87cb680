"""Sleeps, as it is loaded, without using any processor time."""
import time

time.sleep(10**6)


def rnn_step(x, h_prev, U, W, a):
    return h_prev
