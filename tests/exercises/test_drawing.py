"""The numbers of a check: all of another size, of the right kind, and the same under one seed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.exercises.carrying import carried_out
from tracer.errors import FileError
from tracer.exercises.cases import Case, draw, stated
from tracer.exercises.discovery import discover, find, home
from tracer.exercises.exercise import Exercise
from tracer.exercises.plan import plan, read_back, readings
from tracer.exercises.reading import read
from tracer.exercises.sizes import drawn


def exercise(functions: str, checks: str, head: str = 'equations = "lstm"') -> Exercise:
    """The exercise that such a file describes."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "90_try")
        folder.mkdir()
        text = f'title = "A try"\n{head}\n[[functions]]\n{functions}\n'
        for n, check in enumerate(checks.split("---")):
            text += f'[[checks]]\nname = "{n}"\ntitle = "{n}"\npoints = 1\n{check}\n'
        folder.joinpath("exercise.toml").write_text(text, "utf-8")
        folder.joinpath("reference.py").write_text("", "utf-8")
        return read(folder)


def case(functions: str, check: str, head: str = 'equations = "lstm"', seed: int = 0) -> Case:
    """The numbers of its only check."""
    tried = exercise(functions, check, head)
    return draw(tried, tried.checks[0], seed)


STEP = 'signature = "lstm_step(x, h_prev, c_prev, U, W, a) -> h, c"'
UNROLL = """signature = "unroll(x, h_0, c_0, U, W, a, lengths) -> h, h_T"
over = "sequence"
"""


def test_one_seed_gives_the_same_numbers() -> None:
    """Another one gives others; and no draw depends on what else is drawn."""
    tried = exercise(STEP, "sizes = { N = [2, 4], D = [4, 9], H = [2, 5] }")

    first, again, other = (draw(tried, tried.checks[0], seed) for seed in (1, 1, 2))

    assert first.sizes == again.sizes
    for name, array in first.rounds[0].items():
        assert np.array_equal(array, again.rounds[0][name])
    assert not np.array_equal(first.rounds[0]["W"].ravel()[:4], other.rounds[0]["W"].ravel()[:4])


@pytest.mark.parametrize("seed", range(30))
def test_sizes_are_all_different(seed: int) -> None:
    """From each other, and from the rows of the weights, wherever the ranges allow it."""
    ranges = {"T": (3, 6), "N": (2, 6), "D": (2, 20), "H": (2, 5), "K": (2, 20)}

    sizes = drawn(ranges, {4}, np.random.default_rng(seed))

    assert len({*sizes.values(), 4 * sizes["H"]}) == 6
    assert all(low <= sizes[letter] <= high for letter, (low, high) in ranges.items())


def test_a_size_can_be_tied_to_another() -> None:
    """D = "H": then U and W can be exchanged, and numbers alone tell it."""
    sizes = case(STEP, 'sizes = { N = 3, D = "H", H = [4, 6] }').sizes

    assert sizes["D"] == sizes["H"]


def test_what_no_function_gets_is_not_there() -> None:
    """Without h_0 a function begins at zero; without lengths every step counts."""
    found = case(
        'signature = "unroll(x, U, W, a) -> h"\nover = "sequence"',
        "sizes = { T = 4, N = 3, D = 6, H = 5 }",
    ).rounds[0]

    assert not found["h_0"].any()
    assert not found["c_0"].any()
    assert found["lengths"].tolist() == [4, 4, 4]
    assert found["mask"].all()


def test_ragged_lengths() -> None:
    """One sentence has all T words, another one fewer."""
    check = 'sizes = { T = 5, N = 3, D = 7, H = 4 }\nlengths = "ragged"'
    for seed in range(20):
        lengths = case(UNROLL, check, seed=seed).rounds[0]["lengths"]
        assert max(lengths) == 5
        assert 1 <= min(lengths) < 5


def test_zero_and_large_name_arguments() -> None:
    """In the student's names; every other row is stretched, so that there is a plain one."""
    functions = """signature = "step(x, prev_h, U, W, b) -> h"
[functions.where]
prev_h = "h_prev"
b = "a"
"""
    check = 'sizes = { N = 4, D = 5, H = 3 }\nzero = ["prev_h", "b"]\nlarge = { x = 5000 }'

    found = case(functions, check, 'equations = "rnn"').rounds[0]

    assert not found["h_0"].any()
    assert not found["a"].any()
    assert (np.abs(found["x"][0]).max(axis=1) > 100).tolist() == [True, False, True, False]


@pytest.mark.parametrize("number", ["32", "33"])
def test_large_gradients_are_larger_than_any_usual_bound(number: str) -> None:
    """With each of forty seeds, every gate has a gradient that clipping at 10 would change."""
    tried = find(number, discover().good)
    check = next(check for check in tried.checks if check.name == "large gradients")
    gates = ["d_z_i", "d_z_f", "d_z_g", "d_z_o"]
    assert tried.program is not None

    for seed in range(40):
        given = draw(tried, check, seed).rounds[0]
        found = tried.program.run(given, wanted=gates)
        assert min(np.abs(found[gate]).max() for gate in gates) > 20


def test_float32_numbers_are_float32_numbers() -> None:
    """They are held in double precision, but no digit is there that the student does not get."""
    found = case(STEP, 'sizes = { N = 2, D = 5, H = 3 }\ndtype = "float32"').rounds[0]

    assert found["x"].dtype == np.float64
    assert np.array_equal(found["x"], found["x"].astype(np.float32))


def test_what_a_function_takes_of_the_forward_pass_fits_together() -> None:
    """Gates are computed by the equations, of drawn weights; gradients are drawn."""
    functions = """signature = "back(d_h, d_c_from_next, o, tanh_c, f) -> d_o, d_c, d_c_prev"
"""
    tried = exercise(functions, "sizes = { N = 2, H = 3 }")
    found = draw(tried, tried.checks[0], 0).rounds[0]

    assert tried.program is not None
    again = tried.program.run(
        {name: array for name, array in found.items() if name in tried.program.given}
    )
    for name in ("o", "tanh_c", "f"):
        assert np.allclose(found[name], again[name])
    assert found["d_h"].shape == (1, 2, 3)
    assert found["mask"].all()


def test_numbers_for_a_checker_of_gradients() -> None:
    """Right ones come first; then those of each edit, and False must be returned."""
    functions = """signature = "right(x, h0, U, W, a, V, b, label, dW) -> ok"
over = "sequence"
[functions.where]
h0 = "h_0"
dW = "d_W"
ok = "bool"
"""
    tried = exercise(functions, """sizes = { T = 3, N = 2, D = 6, H = 4, K = 9 }
accepts = true
refuses = [{ change = { d_z_f = "d_f" } }, { returned = { d_W = "-it" } }]""")  # fmt: skip
    check, program = tried.checks[0], tried.program
    assert program is not None
    found = draw(tried, check, 0)

    right = [
        np.allclose(
            program.run({k: v for k, v in given.items() if k != "d_W"}, wanted=["d_W"])["d_W"],
            given["d_W"],
        )
        for given in found.rounds
    ]

    assert right == [True, False, False]
    assert [stated(check, n)[0].value for n in range(3)] == [True, False, False]


def test_a_value_that_must_reach_another() -> None:
    """An accuracy is no quantity; the check states what it must be."""
    functions = """signature = "learn(seed) -> accuracy"
[functions.where]
seed = "labels(classes=1000H)"
accuracy = "number"
"""
    tried = exercise(functions, "sizes = { H = 1 }\nat_least = 0.9\nseconds = 20", "")
    found = draw(tried, tried.checks[0], 0)
    calls = plan(tried, found)
    came = carried_out(calls, {"learn": lambda seed: float(seed >= 0)})

    assert calls[0].json()["arguments"][0][1][0] == "constant"
    assert read_back(tried, found, came)[0]["accuracy"] == 1
    assert [(s.how, s.value) for s in stated(tried.checks[0], 0)] == [("at least", 0.9)]


def test_two_biases_have_one_gradient() -> None:
    """Each of the two is the gradient of their sum; the second is held against it, too."""
    functions = """signature = "step(x, h_prev, U, W, b_ih, b_hh) -> h"
[functions.where]
b_ih = "0.25 * a"
b_hh = "0.75 * a"
[[functions]]
signature = "back(d_h, d_z) -> d_b_ih, d_b_hh"
[functions.where]
d_b_ih = "d(b_ih)"
d_b_hh = "d(b_hh)"
"""
    tried = exercise(functions, 'sizes = { N = 2, H = 3 }\nfunctions = ["back"]',
                     'equations = "rnn"')  # fmt: skip
    found = draw(tried, tried.checks[0], 0)
    came = carried_out(
        plan(tried, found), {"back": lambda _d_h, d_z: (d_z.sum(axis=0), 2 * d_z.sum(axis=0))}
    )

    first, second = readings(tried, found, came)[0]

    assert list(first) == list(second) == ["d_a"]
    assert np.allclose(2 * first["d_a"], second["d_a"])


def test_steps_that_came_are_read() -> None:
    """A function that stopped in the third step has given two."""
    tried = find("22", discover().good)
    check = next(check for check in tried.checks if "T" in check.sizes)
    found = draw(tried, check, 0)
    N, H = found.sizes["N"], found.sizes["H"]
    came = {(n, key): np.full((N, H), float(n)) for n in range(2) for key in ("h", "c")}

    (back,) = read_back(tried, found, came)

    assert back["h"].shape == (2, N, H)
    assert back["h"][:, 0, 0].tolist() == [0, 1]


def test_anything_may_be_handed_on() -> None:
    """With a reference, too, a cache is whatever it is; and a layout goes in as it came out."""
    functions = """signature = "forward(x) -> y, cache"
[functions.where]
x = "normal(N, D)"
cache = "..."
[[functions]]
signature = "backward(y, cache) -> d_x"
"""
    tried = exercise(functions, "sizes = { N = 2, D = 5 }", 'reference = "reference.py"')
    found = draw(tried, tried.checks[0], 0)
    cache = object()

    came = carried_out(
        plan(tried, found),
        {"forward": lambda x: (2 * x, cache), "backward": lambda y, kept: y * (kept is cache)},
    )

    (back,) = read_back(tried, found, came)
    assert list(back) == ["y", "d_x"]
    assert np.allclose(back["d_x"][0], 2 * found.rounds[0]["x"])


def test_what_came_out_goes_in_as_it_is() -> None:
    """Sentences first, where one function returns them and where the next one takes them."""
    functions = """signature = "unroll(x, U, W, a) -> h"
over = "sequence"
[functions.where]
h = "h[N, T, H]"
[[functions]]
signature = "scores(h, V, b) -> logits"
over = "sequence"
"""
    tried = exercise(
        functions, "sizes = { T = 3, N = 2, D = 6, H = 4, K = 7 }", 'equations = "rnn"'
    )
    calls = plan(tried, draw(tried, tried.checks[0], 0))

    assert calls[1].json()["arguments"][0] == ["h", ["own", 0, "h"]]
    assert str(tried.functions[1].arguments["h"]) == "h[N, T, H]"


def test_a_class_is_made_once_for_all_its_steps() -> None:
    """Its state is a pair, handed on from step to step; a later method finds the same object."""
    functions = """signature = "Cell(U, W, a).step(x, state) -> h, state"
[functions.where]
state = "(h_prev, c_prev)"
[[functions]]
signature = "Cell.steps_so_far() -> steps"
over = "sequence"
[functions.where]
steps = "number"
"""
    tried = exercise(functions, "sizes = { T = 3, N = 2, D = 6, H = 4 }\nat_least = 3")

    class Cell:
        """It only counts."""

        made = 0

        def __init__(self, *_weights: Any) -> None:
            Cell.made += 1
            self.steps = 0

        def step(self, _x: Any, state: Any) -> Any:
            self.steps += 1
            h, c = state
            return h + 1, (h + 1, c)

        def steps_so_far(self) -> int:
            return self.steps

    found = draw(tried, tried.checks[0], 0)
    (back,) = read_back(tried, found, carried_out(plan(tried, found), {"Cell": Cell}))

    assert Cell.made == 1
    assert back["steps"] == 3
    assert np.allclose(back["h"], found.rounds[0]["h_0"] + np.arange(1, 4)[:, None, None])
    assert np.allclose(back["c"], found.rounds[0]["c_0"])


@pytest.mark.parametrize(
    ("functions", "check", "said"),
    [
        ('signature = "Cell.step(x, h_prev, U, W, a) -> h"', "sizes = { N = 2, D = 5, H = 3 }",
         "Cell.step is called on an object that no function of the check makes; expected Cell(…)"),
        (('signature = "step(x, h_prev, U, W, a) -> h, cache"\n[[functions]]\n'
         'signature = "back(d_h, cache) -> d_x"'),
         'sizes = { N = 2, D = 5, H = 3 }\nzero = ["cache"]',
         "zero: cache is whatever a function returned before; expected an argument that is drawn"),
        ('signature = "Cell(U, W, a).step(x, h_prev) -> h"',
         "sizes = { N = 2, D = 5, H = 3 }\nnopython = true",
         "nopython: Cell.step is a method; numba.njit takes functions"),
        ('signature = "step(x, h_prev, U, W, a) -> h"',
         "sizes = { N = 2, D = 5, H = 3 }\nlaunched = true",
         'launched needs device = "cuda-simulator" and equations'),
        ('signature = "f(x, h_prev, U, W, a, d_W) -> ok"\n[functions.where]\nok = "bool"',
         'sizes = { N = 2, D = 5, H = 3 }\nrefuses = [{ change = { d_Q = "it" } }]',
         "refuses: there is no RNN quantity 'd_Q'; did you mean 'd_z'?"),
        ('signature = "f(x, h_prev, U, W, a, d_W) -> ok"\n[functions.where]\nok = "bool"',
         'sizes = { N = 2, D = 5, H = 3 }\nexpect = ["ok"]',
         "expect names a result that is a bool; expected accepts or refuses, too"),
    ],
)  # fmt: skip
def test_a_check_that_cannot_be_made_says_why(functions: str, check: str, said: str) -> None:
    """What one call takes, something gives; what is no quantity, the check states."""
    with pytest.raises(FileError) as caught:
        exercise(functions, check, 'equations = "rnn"')

    assert "90_try/exercise.toml, check 1" in str(caught.value)
    assert said in str(caught.value)


def test_a_single_exercise_is_no_folder_of_exercises() -> None:
    """The folder around it is named."""
    with pytest.raises(FileError, match="is a single exercise; give the folder around it: "):
        discover(home() / "22_lstm_step")


WORDS = """signature = "encode(words, codes) -> x"
over = "sequence"
where = { words = "words(T, of=M)", codes = "codes(K, digits=D)" }
"""


def test_no_word_always_has_a_code() -> None:
    """An answer that asks for one of its own finds it here and there only."""
    tried = exercise(WORDS, "sizes = { T = 7, M = 5, K = 3, D = 4 }", 'reference = "reference.py"')
    calls = [plan(tried, draw(tried, tried.checks[0], seed))[0] for seed in range(9)]
    known = [{word for word, _code in call.json()["arguments"][1][1][1]} for call in calls]

    assert set.intersection(*known) == set()
    assert len(set.union(*known)) > 9


@pytest.mark.parametrize("seed", range(5))
def test_words_and_their_codes(seed: int) -> None:
    """Each of the M words comes before one comes twice; the first K of the list have a code."""
    tried = exercise(WORDS, "sizes = { T = 7, M = 5, K = 3, D = 4 }", 'reference = "reference.py"')

    (call,) = plan(tried, draw(tried, tried.checks[0], seed))
    (_, words), (_, codes) = call.json()["arguments"]

    said = [word for _place, (_constant, word) in words[1]]
    known = {word: code for word, (_constant, code) in codes[1]}
    assert (words[0], codes[0], call.arrays) == ("list", "dict", {})
    assert (len(said), len(set(said)), len(set(said) & known.keys())) == (7, 5, 3)
    assert all(len(code) == 4 and set(code) <= set("012") for code in known.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("words(T, of=M)", "words(T)", "'words(T)' lacks of = ; expected a number or a size"),
        ("words(T, of=M)", "words(T, N, of=M)", "words(T, N, of=M) has one axis, as words(T"),
        ("words(T, of=M)", "words(T, of=17)", "may be 17 different words; there are 16"),
        ("codes(K, digits=D)", "codes(17, digits=D)", "may be 17 different words; there are 16"),
        ("codes(K, digits=D)", "codes(K, digits=P)", "sizes lacks P, the size of an axis of codes"),
        ("codes(K, digits=D)", "labels(K)", "'labels(K)' lacks classes = ; expected a number or"),
    ],
)
def test_words_that_cannot_be_drawn(old: str, new: str, said: str) -> None:
    """The error names the argument and what is missing, or how many words there are."""
    sizes = "sizes = { T = 7, N = 2, M = 5, K = 3, D = 4 }"

    with pytest.raises(FileError) as error:
        exercise(WORDS.replace(old, new), sizes, 'reference = "reference.py"')

    assert said in str(error.value)
