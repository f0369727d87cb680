"""Waits for each sentence in an event loop."""
import asyncio

import numpy as np


async def row(x, h_prev, U, W, a):
    await asyncio.sleep(0)
    return np.tanh(U @ x + W @ h_prev + a)


async def rows(x, h_prev, U, W, a):
    return await asyncio.gather(*(row(one, h, U, W, a) for one, h in zip(x, h_prev)))


def rnn_step(x, h_prev, U, W, a):
    return np.stack(asyncio.run(rows(x, h_prev, U, W, a)))
