"""Tests itself with unittest and doctest when it is loaded.

>>> float(np.tanh(0.0))
0.0
"""
import doctest
import io
import unittest

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    return np.tanh(x @ U.T + h_prev @ W.T + a)


class Shapes(unittest.TestCase):
    def test_shape(self):
        h = rnn_step(np.ones((2, 3)), np.ones((2, 4)), np.ones((4, 3)), np.ones((4, 4)), np.ones(4))
        self.assertEqual(h.shape, (2, 4))


if __name__ != "__main__":
    loader = unittest.defaultTestLoader.loadTestsFromTestCase(Shapes)
    unittest.TextTestRunner(io.StringIO()).run(loader)
    doctest.testmod()
