"""Whether a check can be made: every size is there, and what one call takes, something gives."""

from __future__ import annotations

from math import prod
from pathlib import Path

from tracer.errors import FileError, InputError, UnknownNameError
from tracer.exercises import sizes as sizing
from tracer.exercises.axes import Axis, written
from tracer.exercises.cases import how_often, known_names
from tracer.exercises.drawing import WORDS
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.handing import handed_on, loose_states, returned, taken, turns
from tracer.exercises.layout import Drawn, Learned, Name, Stated
from tracer.exercises.schema import MOST_ARRAYS, MOST_NUMBERS
from tracer.exercises.tagging import DIGITS, SHORTEST, TAGS
from tracer.program.planning import plan as computable


def fitting(exercise: Exercise, check: Check) -> None:
    """Hold a check against its exercise.

    Raises
    ------
    InputError
        If it cannot be made, and what it lacks.
    """
    _kept(exercise, check)
    _sizes(exercise, check)
    _enough_words(exercise, check)
    _statements(exercise, check)
    handed_on(exercise, check, min(sizing.largest(check.sizes)["T"], 2))
    called = exercise.called(check)
    if "T" in check.sizes and (loose := loose_states(exercise, check)):
        raise InputError(
            f"with T in sizes, each step goes on from the one before: {', '.join(loose)} is "
            f"neither taken nor returned by {' and '.join(f.name for f in called)}"
        )
    if "T" in check.sizes and exercise.program is not None:
        for function in called:
            for key, layout in returned(function).items() if function.over == "step" else ():
                for name in layout.names:
                    if "T" not in exercise.program.names[name]:
                        raise InputError(
                            f"with T in sizes, {key} of {function.name} would be {name} of each "
                            'step, which is no quantity; leave T out, or use over = "sequence"'
                        )
    _computable(exercise, check)


def _sizes(exercise: Exercise, check: Check) -> None:
    """Every letter of every layout has a size, and every tied size another one to be tied to."""
    for letter, size in check.sizes.items():
        if isinstance(size, str) and isinstance(check.sizes.get(size, ""), str):
            raise InputError(
                f'sizes.{letter} = "{size}"; expected the letter of a size that is a number here'
            )
    for function in exercise.called(check):
        known = exercise.axes(function.over)
        for key, layout in {**taken(function), **returned(function)}.items():
            if layout is None or (exercise.program is None and not isinstance(layout, Drawn)):
                continue
            axes = layout.axes(known)
            if isinstance(layout, Drawn):
                axes += tuple(told for _name, told in layout.options if isinstance(told, Axis))
            for letter in (letter for axis in axes for letter in axis.letters):
                if letter not in check.sizes and (letter != "T" or function.over == "sequence"):
                    what = "how many steps there are" if letter == "T" else "the size of an axis"
                    raise InputError(
                        f"sizes lacks {letter}, {what} of {key} of {function.name}: "
                        f"{layout} is {written(axes)}"
                    )


def _enough_words(exercise: Exercise, check: Check) -> None:
    """No more words are drawn than there are."""
    largest = sizing.completed(sizing.largest(check.sizes), "NDHK")
    for function in exercise.called(check):
        for key, layout in taken(function).items():
            if not isinstance(layout, Drawn) or layout.how not in ("words", "codes"):
                continue
            told = dict(layout.options)
            axis = told["of"] if layout.how == "words" else layout.drawn[0]
            if len(layout.drawn) != 1:
                raise InputError(f"{key} of {function.name}: {layout} has one axis, as words(T, …)")
            if axis.length(largest) > len(WORDS):
                raise InputError(
                    f"{key} of {function.name}: {layout} may be {axis.length(largest)} different "
                    f"words; there are {len(WORDS)}"
                )


def _statements(exercise: Exercise, check: Check) -> None:
    """What is no quantity is stated, and what is stated comes back."""
    called = exercise.called(check)
    results = {name: layout for f in called for name, layout in f.returns.items()}
    kinds = {layout.kind for name in check.expect if isinstance(layout := results[name], Stated)}
    for kind, keys, said in (
        ("bool", "accepts or refuses", check.accepts or check.refuses),
        ("number", "at_least or at_most", check.at_least is not None or check.at_most is not None),
    ):
        if said and kind not in kinds:
            raise InputError(
                f"{keys} speaks of a result that is a {kind}; no function of the check returns "
                f'one: expected in where, as ok = "{kind}"'
            )
        if kind in kinds and not said:
            raise InputError(f"expect names a result that is a {kind}; expected {keys}, too")
    _learning(exercise, check, {name for name, a in results.items() if isinstance(a, Learned)})
    if check.refuses and check.calls > 1:
        raise InputError("calls stands beside refuses; each change of refuses is one call")
    if (check.accepts or check.refuses) and exercise.program is None:
        raise InputError("accepts and refuses need equations, which say what is right")
    for edit in check.refuses:
        from tracer.program.edit import edits_in  # few checks have one

        assert exercise.program is not None
        try:
            exercise.program.edited(edits_in(edit))
        except (InputError, UnknownNameError) as error:
            raise InputError(f"refuses: {error}") from None
    for function in called:
        if check.nopython and "." in function.name:
            raise InputError(f"nopython: {function.name} is a method; numba.njit takes functions")
    _launching(exercise, check)
    arguments = {name: layout for function in called for name, layout in function.taken.items()}
    for key, names in (("zero", check.zero), ("large", tuple(check.large))):
        for name in names:
            if name not in arguments:
                raise InputError(f"{key}: {UnknownNameError('argument', name, sorted(arguments))}")
            if arguments[name] is None:
                raise InputError(
                    f"{key}: {name} is whatever a function returned before; expected an argument "
                    "that is drawn"
                )


def _launching(exercise: Exercise, check: Check) -> None:
    """A kernel is launched by one function, which gives it its own arguments and results."""
    if not check.launched:
        return
    if not exercise.device or exercise.program is None:
        raise InputError('launched needs device = "cuda-simulator" and equations')
    called = exercise.called(check)
    layouts = [a for f in called for a in (*f.taken.values(), *f.returns.values())]
    single = len(called) == 1 and "." not in called[0].name and "T" not in check.sizes
    if (
        not single
        or check.accepts
        or check.refuses
        or not all(isinstance(a, Name) for a in layouts)
    ):
        raise InputError(
            "launched: the kernel takes what the function takes, then what it returns; expected "
            "one function of plain quantities, and no T in sizes"
        )


def _learning(exercise: Exercise, check: Check, learned: set[str]) -> None:
    """Weights come back where a check says how well they must do, and only there."""
    if check.accuracy is None:
        named = sorted(learned & set(check.expect) if check.expect else learned)
        if named:
            raise InputError(
                f"{', '.join(named)} {'is' if len(named) == 1 else 'are'} taken and returned: what "
                "was learned; expected accuracy, too"
            )
        return
    if not learned & set(check.expect):
        raise InputError(
            "accuracy speaks of weights that are learned; no function of the check takes and "
            "returns any, as in train(x, label, mask, U, W, a, V, b) -> U, W, a, V, b"
        )
    given = exercise.program.given if exercise.program is not None else {}
    missing = [name for name in ("x", "label", "mask", "V", "b") if name not in given]
    if missing:
        raise InputError(f"accuracy needs equations that label each word: {missing[0]} is missing")
    for letter, size in (("D", DIGITS), ("K", len(TAGS))):
        if check.sizes.get(letter) != size:
            raise InputError(
                f"with accuracy, expected {letter} = {size} in sizes: the tagged sentences have "
                f"codes of {DIGITS} digits and {len(TAGS)} classes"
            )
    steps = check.sizes.get("T", 1)
    least = steps[0] if isinstance(steps, tuple) else steps
    if not isinstance(least, int) or least < SHORTEST:
        raise InputError(f"with accuracy, expected T of {SHORTEST} or more in sizes")


def _kept(exercise: Exercise, check: Check) -> None:
    """What a function takes as it is, one that is called before returns."""
    there: set[str] = set()
    made: set[str] = set()
    for function in exercise.called(check):
        cls, dot, _method = function.name.rpartition(".")
        if function.made_with is not None:
            made.add(cls)
        if dot and cls not in made:
            raise InputError(
                f"{function.name} is called on an object that no function of the check makes; "
                f"expected {cls}(…).method(…) before it in functions, or in its signature"
            )
        for name, layout in function.arguments.items():
            if layout is None and name not in there:
                makers = [f.name for f in exercise.functions if name in f.returns]
                raise InputError(
                    f"{function.name} takes {name}, which {' or '.join(makers)} returns; "
                    "expected that in functions, before it"
                )
        there |= function.returns.keys()


def _computable(exercise: Exercise, check: Check) -> None:
    """The equations give all that is expected, from what the functions get."""
    if exercise.program is None:
        return
    wanted = dict.fromkeys(
        name
        for function in exercise.called(check)
        for key, layout in returned(function).items()
        if key.partition(".")[0] in check.expect
        for name in layout.names
    )
    known = known_names(exercise, check)
    try:
        computable(exercise.program, known, wanted)
    except InputError as error:
        what = str(error).partition(";")[0]
        raise InputError(f"{what}, which no function gets; add it to a signature") from None


def small_enough(path: Path, exercise: Exercise) -> None:
    """All that goes in and comes out passes through a pipe that takes so many arrays, and no more.

    Raises
    ------
    FileError
        If it is more.
    """
    arrays = numbers = 0
    for check in exercise.checks:
        sizes = sizing.completed(sizing.largest(check.sizes), "NDHK")
        for turn in turns(exercise, check, 1, sizes["T"]):
            known = exercise.axes(turn.function.over)
            for layout in (*taken(turn.function).values(), *returned(turn.function).values()):
                if layout is None or (exercise.program is None and isinstance(layout, Name)):
                    continue
                # Each is sent once more: an argument after its call, a result after the last.
                arrays += 2 * how_often(check)
                numbers += 2 * how_often(check) * prod(a.length(sizes) for a in layout.axes(known))
    for what, total, most in (("arrays", arrays, MOST_ARRAYS), ("numbers", numbers, MOST_NUMBERS)):
        if total > most:
            raise FileError(
                f"{path}: the checks exchange {total} {what} in all, at most {most} are possible; "
                "make sizes or calls smaller"
            )
