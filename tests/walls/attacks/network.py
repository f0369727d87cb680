"""Sends its inputs away, and asks for what is right, over every kind of socket."""
import socket
import urllib.request

import numpy as np

for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 38, 40):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            with socket.socket(family, kind) as one:
                print("BREACH: a socket", family, kind)
                one.settimeout(0.2)
                one.connect(("127.0.0.1", 22))
        except (OSError, TypeError):
            pass
try:
    urllib.request.urlopen("http://127.0.0.1:1/", timeout=0.2)
except OSError:
    pass
one, other = socket.socketpair()
for address in ("\0nobody", "/tmp/socket", ("127.0.0.1", 9)):
    try:
        one.sendto(b"x", address)
        print("BREACH: sent to", address)
    except (OSError, TypeError):
        pass


def rnn_step(x, h_prev, U, W, a):
    return np.zeros_like(h_prev)
