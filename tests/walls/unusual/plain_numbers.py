"""No NumPy at all, and the tanh of the system's own library."""
import ctypes

library = ctypes.CDLL(None)
library.tanh.restype = ctypes.c_double
library.tanh.argtypes = [ctypes.c_double]


def rnn_step(x, h_prev, U, W, a):
    x, h_prev, U, W, a = (array.tolist() for array in (x, h_prev, U, W, a))
    return [
        [
            library.tanh(
                sum(u * v for u, v in zip(U[k], row))
                + sum(w * v for w, v in zip(W[k], h))
                + a[k]
            )
            for k in range(len(a))
        ]
        for row, h in zip(x, h_prev)
    ]
