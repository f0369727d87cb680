"""Answers to exercise 51 as students write them: `tests/cuda` runs them on a card as well."""

from __future__ import annotations

from pathlib import Path

SOLUTIONS = Path(__file__).parents[2] / "solutions" / "51_lstm_step_on_cuda"
MISTAKES = tuple(sorted((SOLUTIONS / "mistakes").glob("*.py")))
RIGHT = (SOLUTIONS / "lstm_step_on_cuda.py").read_text("utf-8")
NOBODY_WAITS = (SOLUTIONS / "mistakes" / "nobody_waits.py").read_text("utf-8")

SIGMOID = "return (1 + math.tanh(z / 2)) / 2"
LAUNCH = "    kernel[blocks, THREADS](x, h_prev, c_prev, U, W, a, h, c)\n    return h, c\n"
ON_THE_CARD = """
    there = [cuda.to_device(array) for array in (x, h_prev, c_prev, U, W, a, h, c)]
    kernel.forall(N * H)(*there)
    return there[-2].copy_to_host(), there[-1].copy_to_host()
"""


def changed(source: str, *changes: tuple[str, str]) -> str:
    """The same answer with other words in places that are there."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


RIGHT_TOO = {
    "counted through": changed(
        RIGHT, (LAUNCH, ON_THE_CARD), ("cuda.grid(2)", "divmod(cuda.grid(1), h.shape[1])"),
        ("+= U[j, d]", "+= U.reshape(U.size)[j * U.shape[1] + d]"),
        (SIGMOID, "return 1 / (1 + math.exp(-z))"),
    ),
    "many threads": changed(RIGHT, ("(4, 8)", "(16, 16)")),
    "shared": changed(
        NOBODY_WAITS.partition("\n")[2],
        ("# cuda.syncthreads() is missing", "cuda.syncthreads() # all are there"),
    ),
    "set apart": changed(
        NOBODY_WAITS.partition("\n")[2],
        ("# cuda.syncthreads() is missing", "cuda.syncthreads() # all are there"),
        ("cuda.shared.array((THREADS[0], 16), np.float64)", "cuda.shared.array(0, np.float64)"),
        ("here[cuda.threadIdx.x, ", "here[cuda.threadIdx.x * H + "),
        ("kernel[blocks, THREADS]", "kernel[blocks, THREADS, 0, 8 * THREADS[0] * H]"),
    ),
    "functions of other kinds": changed(
        RIGHT, ("from numba import cuda", "from numba import cuda, njit"),
        ("@cuda.jit(device=True)\ndef σ", """@njit
def to_the_power(z):
    return math.exp2(z * math.log2(math.e))


@cuda.jit
def σ"""),
        (SIGMOID, "return 1 / (1 + to_the_power(-z))"),
        ("= σ(z_f)", "= σ(z=z_f)"),
        ("@cuda.jit\ndef kernel", "@cuda.jit(lineinfo=True, max_registers=64)\ndef kernel"),
    ),
    "names for all": changed(
        RIGHT, ("THREADS = (4, 8)", """THREADS = (4, 8)
LOUD, LEVEL = False, 3


class Gate(enum.IntEnum):
    I = 0
    F = 1


Sums = collections.namedtuple("Sums", "g o")


def plain(z):
    return np.exp(z)


@register_jitable
def half(z):
    return z / 2
"""),
        ("import math", "import collections\nimport enum\nimport math"),
        ("import cuda", "import cuda\nfrom numba.extending import register_jitable"),
        (SIGMOID, """m, kind = 1, z.dtype if LOUD else np.float64
    half_z = cuda.local.array(m, kind)
    half_z[0] = half(z)
    tanh = math.tanh
    return (1 + tanh(half_z[0])) / 2"""),
        ("z_i, z_f, z_g, z_o = a[j], a[H + j], a[2 * H + j], a[3 * H + j]",
         """if LOUD and n == 0:
            print([plain(z) for z in a])
        if 0 < LEVEL < 2 or x.ndim == 3:
            print(f"{n}")
        rows, kind = THREADS[0], x.dtype
        z = cuda.local.array(shape=rows, dtype=kind)
        z[0], z[1] = a[Gate.I * H + j], a[Gate.F * H + j]
        both = Sums(a[2 * H + j], a[3 * H + j])
        z_i, z_f, z_g, z_o = z[0], z[1], both.g, both.o"""),
    ),
}  # fmt: skip
"""Threads and numbers counted through, arrays that lie on the card or that a block shares, and
names for sizes, types, gates, functions, and for what is not to be run."""

FIRST = "z_i, z_f, z_g, z_o = a[j], a[H + j], a[2 * H + j], a[3 * H + j]"


def _with(lines: str) -> str:
    """A right answer, with other lines in the place of the kernel's first one with numbers."""
    return changed(RIGHT, (FIRST, lines.replace("\n", "\n        ")))


REFUSED = {
    "no list": _with("z_i, z_f, z_g, z_o = [a[q * H + j] for q in range(4)]"),
    "no generator": _with("z_i, z_f, z_g, z_o = (a[q * H + j] for q in range(4))"),
    "no dict": _with(f"{FIRST}\nz = {{'i': z_i}}\nz_i = z['i']"),
    "no f-string": _with(f"{FIRST}\nname = f'{{n}}'"),
    "no try": _with(f"try:\n    {FIRST}\nexcept IndexError:\n    return"),
    "no starred": _with(f"{FIRST}\nz_i, *z_f = z_i, z_f\nz_f = z_f[0]"),
    "no np.zeros": _with(f"{FIRST}\nz = np.zeros(4)\nz[0] = z_i"),
    "no np.exp": changed(RIGHT, (SIGMOID, "return 1 / (1 + np.exp(-z))")),
    "no np.sqrt; take math.sqrt": changed(
        RIGHT, ("import numpy as np", "import numpy as np\nfrom numpy import sqrt as root"),
        ("c[n, j] = ", "c[n, j] = root(1.0) * "),
    ),
    "no np.random.rand": _with(f"{FIRST}\nz_i += 0 * np.random.rand()"),
    "no math.gcd": _with(f"{FIRST}\nm = math\nz_i *= m.gcd(2, 3)"),
    "no list()": _with(f"{FIRST}\nmake = list\nz_i = make((z_i, z_f))[0]"),
    "no eval()": _with(f"{FIRST}\nz_i *= eval('1')"),
    "no math.fsum": _with(f"{FIRST}\nz_i = math.fsum((z_i, 0.0))"),
    "ROWS is a list": changed(
        RIGHT, ("THREADS = (4, 8)", "THREADS = (4, 8)\nROWS = [0, 1, 2, 3]"),
        ("a[H + j]", "a[ROWS[1] * H + j]"),
    ),
    "σ is a function without": changed(RIGHT, ("@cuda.jit(device=True)\n", "")),
    "H in the shape": changed(RIGHT_TOO["shared"], ("(THREADS[0], 16)", "(THREADS[0], H)")),
    "h.shape in the shape": changed(
        RIGHT_TOO["shared"], ("(THREADS[0], 16)", "(THREADS[0], h.shape[1])"),
    ),
}  # fmt: skip
"""Answers whose numbers would be right in Python, and what is said of them: no card compiles them.
"""
