"""Right answers of which a line may be changed, and the line that is then blamed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.grading.blame.finding import blamed
from tracer.grading.blame.occurring import right_numbers
from tracer.grading.blame.recorded import Records
from tracer.grading.report import Blame
from tracer.program import program_of
from tracer.sandbox.recording import Recorder, compiled

STEP = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    H = h_prev.shape[1]
    z = x @ U.T + h_prev @ W.T + a
    z_i = z[:, :H]
    z_f = z[:, H:2 * H]
    z_g = z[:, 2 * H:3 * H]
    z_o = z[:, 3 * H:]
    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = np.tanh(z_g)
    o = sigmoid(z_o)
    kept = f * c_prev
    written = i * g
    c = kept + written
    t = np.tanh(c)
    h = o * t
    return h, c
"""

LOOPS = """\
import math

import numpy as np


def answer(x, h_prev, c_prev, U, W, a):
    N, H = h_prev.shape
    h, c = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        for k in range(H):
            z = []
            for gate in range(4):
                row = gate * H + k
                s = a[row]
                for d in range(len(x[n])):
                    s += U[row, d] * x[n, d]
                for j in range(H):
                    s += W[row, j] * h_prev[n, j]
                z.append(s)
            i = 1 / (1 + math.exp(-z[0]))
            f = 1 / (1 + math.exp(-z[1]))
            g = math.tanh(z[2])
            o = 1 / (1 + math.exp(-z[3]))
            c[n, k] = f * c_prev[n, k] + i * g
            h[n, k] = o * math.tanh(c[n, k])
    return h, c
"""

BACK = """\
import numpy as np


def answer(d_h, d_c_from_next, x, h_prev, c_prev, i, f, g, o, c, U, W):
    t = np.tanh(c)
    d_o = d_h * t
    d_c = d_c_from_next + d_h * o * (1 - t ** 2)
    d_f = d_c * c_prev
    d_i = d_c * g
    d_g = d_c * i
    d_c_prev = d_c * f
    d_z_i = d_i * i * (1 - i)
    d_z_f = d_f * f * (1 - f)
    d_z_g = d_g * (1 - g ** 2)
    d_z_o = d_o * o * (1 - o)
    d_z = np.hstack([d_z_i, d_z_f, d_z_g, d_z_o])
    d_x = d_z @ U
    d_h_prev = d_z @ W
    d_U = d_z.T @ x
    d_W = d_z.T @ h_prev
    d_a = d_z.sum(axis=0)
    return d_x, d_h_prev, d_c_prev, d_U, d_W, d_a
"""

KEPT = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    q = {"z": x @ U.T + h_prev @ W.T + a}
    q["z_i"], q["z_f"], q["z_g"], q["z_o"] = np.split(q["z"], 4, axis=1)
    q["i"] = sigmoid(q["z_i"])
    q["f"] = sigmoid(q["z_f"])
    q["g"] = np.tanh(q["z_g"])
    q["o"] = sigmoid(q["z_o"])
    q["c"] = q["f"] * c_prev
    q["c"] += q["i"] * q["g"]
    q["h"] = q["o"] * np.tanh(q["c"])
    return q["h"], q["c"]
"""

ARGUMENTS = {
    KEPT: "x h_prev c_prev U W a",
    STEP: "x h_prev c_prev U W a",
    LOOPS: "x h_prev c_prev U W a",
    BACK: "d_h d_c_from_next x h_prev c_prev i f g o c U W",
}
RETURNS = {KEPT: "h c", STEP: "h c", LOOPS: "h c", BACK: "d_x d_h_prev d_c_prev d_U d_W d_a"}


def numbers() -> tuple[dict[str, Any], dict[str, Any]]:
    """What a step is given, and everything the list computes of it, without the axis of steps."""
    generator = np.random.default_rng(3)
    N, D, H = 3, 5, 4
    shapes = {
        "x": (1, N, D), "h_0": (N, H), "c_0": (N, H), "U": (4 * H, D), "W": (4 * H, H),
        "a": (4 * H,), "d_h_from_loss": (1, N, H), "d_c_T": (N, H),
    }  # fmt: skip
    given = {name: 0.8 * generator.normal(size=shape) for name, shape in shapes.items()}
    program = program_of("lstm")
    right = given | program.run(given)
    return given, {
        name: array[0] if program.names[name][:1] == ("T",) else array
        for name, array in right.items()
    }


def blame(source: str, right: str) -> Blame | None:
    """The line that is named."""
    given, values = numbers()
    records = _recorded(source, [np.array(values[n]) for n in ARGUMENTS[right].split()])
    numbers_of_it = right_numbers(program_of("lstm"), given, {}, ())
    returned = {f"return[{n}]": (name,) for n, name in enumerate(RETURNS[right].split())}
    return blamed(records, numbers_of_it, returned, source=source.encode())


def blame_over_steps(source: str, lengths: tuple[int, ...] = (5, 2, 4, 1)) -> Blame | None:
    """The line that is named in an answer of ``x, lengths, h_0, c_0, U, W, a`` to ``h, c``."""
    generator = np.random.default_rng(5)
    T, N, D, H = 5, 4, 3, 2
    shapes = {
        "x": (T, N, D), "h_0": (N, H), "c_0": (N, H), "U": (4 * H, D), "W": (4 * H, H),
        "a": (4 * H,),
    }  # fmt: skip
    given: dict[str, Any] = {n: 0.8 * generator.normal(size=s) for n, s in shapes.items()}
    given["lengths"] = np.array(lengths)
    arguments = ["x", "lengths", "h_0", "c_0", "U", "W", "a"]
    records = _recorded(source, [given[name].copy() for name in arguments])
    right = right_numbers(program_of("lstm"), given, {}, ())
    returned = {"return[0]": ("h",), "return[1]": ("c",)}
    return blamed(records, right, returned, source=source.encode())


def _recorded(source: str, arguments: list[Any]) -> Records:
    """What the variables of an answer become."""
    module: dict[str, Any] = {}
    exec(compiled(source.encode(), "answer.py"), module)  # noqa: S102 - our own code
    recorder = Recorder(source.encode(), "answer.py")
    recorder.run(module["answer"], *arguments)
    return Records(tuple(recorder.names), **recorder.table())
