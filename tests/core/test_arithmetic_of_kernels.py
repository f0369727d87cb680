"""What the compiled loops are made of: products and activations, against exact arithmetic."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

import tracer
from tests.core.conftest import Run, make_run
from tests.jit import outputs
from tracer.cells.activations import Array
from tracer.kernels.cpu import device, jit, product, shares
from tracer.kernels.cpu.squeezing import CODE, squeeze

WIDER = {"float32": np.float64, "float64": np.longdouble}


def squeezed(name: str, z: Array) -> Array:
    """The activation, by the kernel."""
    out = np.empty_like(z)
    squeeze(CODE[name], z, out)
    return out


def exactly(name: str, z: Array) -> Array:
    """The activation with more digits than `z` has."""
    wide = z.astype(WIDER[z.dtype.name])
    if name == "tanh":
        return np.asarray(np.tanh(wide))
    e = np.exp(-np.abs(wide))
    return np.asarray(np.where(wide < 0, e, 1) / (1 + e))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_activations_are_right_to_the_last_digits(name: str, dtype: str) -> None:
    """At most 2.5 units in the last place from the exact value, from 0 to where it is flat."""
    end = 800 if dtype == "float64" else 110
    tiny = np.geomspace(np.finfo(dtype).smallest_subnormal, 1, 50_000)
    z = np.concatenate([np.linspace(-end, end, 300_001), np.linspace(-3, 3, 200_001), tiny, -tiny])
    z = z.astype(dtype)

    got, exact = squeezed(name, z), exactly(name, z)

    ulps = np.abs(got - exact) / np.spacing(np.abs(got))
    assert ulps.max() <= 2.5, z[ulps.argmax()]
    assert (np.signbit(got) == (np.signbit(z) & (name == "tanh"))).all()
    assert (np.abs(got) <= 1).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_at_the_ends(dtype: str) -> None:
    """NaN stays NaN, Inf is flat, -0 is -0."""
    z = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0], dtype)

    np.testing.assert_array_equal(squeezed("tanh", z), np.array([np.nan, 1, -1, 0, 0], dtype))
    np.testing.assert_array_equal(squeezed("sigmoid", z), np.array([np.nan, 1, 0, 0.5, 0.5], dtype))
    assert np.signbit(squeezed("tanh", z)[3])


@settings(max_examples=60)
@given(
    R=st.integers(1, 40), K=st.integers(1, 150), J=st.integers(1, 40),
    dtype=st.sampled_from(["float32", "float64"]), seed=st.integers(0, 999),
)  # fmt: skip
def test_a_product_is_the_same_in_any_batch(R: int, K: int, J: int, dtype: str, seed: int) -> None:
    """Right, and to the bit the same for one row alone, and for one column alone."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(1, R, J)).astype(dtype)
    M = rng.normal(size=(K, J)).astype(dtype)
    r, k = rng.integers(R), rng.integers(K)

    found = device.project(rows, M)

    size = np.abs(rows) @ np.abs(M).T
    assert (np.abs(found - rows @ M.T) <= J * np.finfo(dtype).eps * size).all()
    np.testing.assert_array_equal(device.project(rows[:, r : r + 1], M)[0, 0], found[0, r])
    np.testing.assert_array_equal(device.project(rows, M[k : k + 1])[0, :, 0], found[0, :, k])


@settings(max_examples=60)
@given(
    S=st.integers(1, 150), J=st.integers(1, 60), K=st.integers(1, 80),
    dtype=st.sampled_from(["float32", "float64"]), seed=st.integers(0, 999),
)  # fmt: skip
def test_an_outer_product_is_the_sum_of_its_rows(
    S: int, J: int, K: int, dtype: str, seed: int
) -> None:
    """Right, also over more rows than are taken at once; to the bit the same for one row of it."""
    rng = np.random.default_rng(seed)
    d_z, rows = (rng.normal(size=(S, 1, size)).astype(dtype) for size in (J, K))
    j = rng.integers(J)

    total = device.outer(d_z, rows, per_step=False)

    size = np.einsum("tnj,tnk->jk", np.abs(d_z), np.abs(rows))
    wanted = np.einsum("tnj,tnk->jk", d_z, rows)
    assert (np.abs(total - wanted) <= 2 * S * np.finfo(dtype).eps * size).all()
    alone = device.outer(d_z[..., j : j + 1], rows, per_step=False)
    np.testing.assert_array_equal(alone[0], total[j])


@pytest.fixture(scope="module")
def many() -> Run:
    """A batch that is worth several threads."""
    lengths = [5, 2, 4, 1, 3] * 8
    return make_run("lstm", "sigmoid", N=40, D=65, H=130, lengths=lengths, scale=0.1)


@pytest.mark.parametrize("threads", [2, 3, 7])
@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_any_number_of_threads_computes_the_same(
    kind: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every number, forward and backward, to the bit."""
    option = {"lstm": "sigmoid", "rnn": "tanh"}[kind]
    run = make_run(kind, option, N=60, D=9, H=13, lengths=[5, 2, 4, 1, 3] * 12)
    d_h = np.random.default_rng(0).normal(size=(5, 60, 13))
    monkeypatch.setattr(shares, "WORTH", 1)

    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", 1)
    alone = tracer.backprop(tracer.unroll(run.cell, run.x, lengths=run.lengths), d_h)
    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", threads)
    together = tracer.backprop(tracer.unroll(run.cell, run.x, lengths=run.lengths), d_h)

    for name in alone.names:
        np.testing.assert_array_equal(together[name], alone[name], err_msg=name)


def test_a_sentence_is_the_same_in_any_batch(many: Run) -> None:
    """Alone or among forty, to the bit: that is what makes traces comparable."""
    batch = tracer.unroll(many.cell, many.x, lengths=many.lengths)

    for n in (0, 17, 39):
        alone = tracer.unroll(many.cell, many.x[:, n], lengths=many.lengths[n : n + 1])
        for name in alone.names:
            np.testing.assert_array_equal(alone[name][:, 0], batch[name][:, n], err_msg=name)


def test_without_threads_there_is_still_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a process may start no more threads, the caller does all the work."""

    class Refused:
        def __init__(self, **_: object) -> None:
            pass

        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(shares, "Thread", Refused)
    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", 4)
    done: list[tuple[int, int]] = []

    shares.in_shares(33, shares.WORTH, lambda first, last: done.append((first, last)))

    assert len(done) > 1
    assert sorted(row for share in done for row in range(*share)) == list(range(33))


@pytest.mark.parametrize("bad", range(4))
def test_a_share_that_fails_is_not_lost(bad: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever thread it was: its exception is raised, once every other share is done."""
    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", 4)
    tile = product.ROWS
    done: list[int] = []

    def run(first: int, last: int) -> None:
        assert last == first + tile
        if first == bad * tile:
            raise MemoryError(f"share {bad}")
        done.append(first)

    with pytest.raises(MemoryError, match=f"share {bad}"):
        shares.in_shares(4 * tile, shares.WORTH, run)
    assert sorted(done) == [share * tile for share in range(4) if share != bad]


def test_everything_runs_without_the_compiler() -> None:
    """NUMBA_DISABLE_JIT=1, forward and backward, for both cells and both widths."""
    code = (
        "import numpy as np, tracer\n"
        "from tests.core.conftest import make_run\n"
        "for kind, option in (('lstm', 'sigmoid'), ('rnn', 'tanh')):\n"
        "    for dtype in ('float32', 'float64'):\n"
        "        run = make_run(kind, option, dtype=dtype, lengths=[5, 2, 4])\n"
        "        trace = tracer.unroll(run.cell, run.x, lengths=run.lengths)\n"
        "        d_W = tracer.backprop(trace, np.ones((5, 3, 7), dtype))['d_W']\n"
        "        print(repr(trace['h'].tolist()), repr(d_W.tolist()), dtype, sep=';')\n"
    )
    compiled, plain = (printed.splitlines() for printed in outputs(code))

    for one, other in zip(compiled, plain, strict=True):
        *got, dtype = one.split(";")
        *wanted, _ = other.split(";")
        tolerance = 50 * float(np.finfo(dtype).eps)
        for texts in zip(got, wanted, strict=True):
            a, b = (np.array(eval(text)) for text in texts)  # noqa: S307 - lists of numbers
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def test_kept_machine_code_is_never_stale() -> None:
    """Each file with compiled code is in the digest that names what is kept."""
    parts = {
        path
        for path in Path(tracer.__file__).parent.rglob("*.py")
        if re.search(r"^ *@(compiled|intrinsic|overload)", path.read_text("utf-8"), re.MULTILINE)
    }

    assert parts <= set(jit.SOURCES)
    assert jit.DIGEST in squeeze.__qualname__
