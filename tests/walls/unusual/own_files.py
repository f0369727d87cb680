"""Keeps its weights in files, temporary ones, a database and memory that is a file."""
import csv
import os
import sqlite3
import tempfile

import numpy as np


def rnn_step(x, h_prev, U, W, a):
    os.makedirs("kept/of/mine", exist_ok=True)
    np.savez("kept/of/mine/weights.npz", U=U, W=W)
    with np.load("kept/of/mine/weights.npz") as found:
        U, W = found["U"], found["W"]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bias.csv"), "w", newline="") as file:
            csv.writer(file).writerow([float(one).hex() for one in a])
        with open(os.path.join(folder, "bias.csv"), newline="") as file:
            a = np.array([float.fromhex(one) for one in next(csv.reader(file))], a.dtype)
    with sqlite3.connect("state.sqlite") as book:
        book.execute("CREATE TABLE IF NOT EXISTS state (h BLOB)")
        book.execute("INSERT INTO state VALUES (?)", (h_prev.tobytes(),))
        (held,) = book.execute("SELECT h FROM state ORDER BY rowid DESC").fetchone()
    book.close()
    h_prev = np.frombuffer(held, h_prev.dtype).reshape(h_prev.shape)
    z = np.memmap("z", x.dtype, "w+", shape=h_prev.shape)
    z[:] = x @ U.T + h_prev @ W.T + a
    z.flush()
    os.replace("z", "old_z")
    return np.tanh(z)
