"""One function of an exercise, as a student writes it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from tracer.corpus.body import Body
from tracer.corpus.caches import lacking, names_of
from tracer.corpus.layouts import arrays, laid_out, taken_apart
from tracer.corpus.looping import going
from tracer.corpus.needed import needed, slopes
from tracer.corpus.one_step import of_a_step
from tracer.corpus.permuted import permuted
from tracer.corpus.renaming import renamed
from tracer.corpus.style import Style
from tracer.corpus.text import Text
from tracer.corpus.together import together
from tracer.equations.expression import Expression
from tracer.equations.expression import Name as Quantity
from tracer.exercises.axes import Axes
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Fixed, Grouped, Layout, Name
from tracer.program import Program

_WHOLE_NUMBERS = frozenset({"label", "label_T", "lengths", "mask", "t"})


class Writer:
    """One function of the file."""

    def __init__(
        self, exercise: Exercise, program: Program, style: Style, function: Function, place: int,
        helpers: set[str], extra: list[str],
    ) -> None:  # fmt: skip
        self.exercise, self.style, self.function = exercise, style, function
        if function.over == "step":
            program = of_a_step(program)
        self.axes = exercise.axes(function.over)
        self.helpers, self.extra = helpers, extra
        self.place = place
        self.caches = {name for name, layout in function.arguments.items() if layout is None}
        self.known = set(names_of(function))
        self.kept_before = self._from_caches(program)
        self.known |= self.kept_before
        self.returned = {n: l for n, l in function.returns.items() if l is not None}
        self.program = program
        self.wanted = self._wanted()
        if style.together:
            self.program = together(program, self.known, self.wanted)
        self.own = slopes(self.program, of_own_values=style.own_slopes, known=self.known)
        self.needs = needed(self.program, self.known, self.wanted, self.own, ragged=self._ragged)

    @property
    def _ragged(self) -> bool:
        over_time = self.function.over == "sequence" and "lengths" in self.known
        return over_time and not self.program.runs_on

    def _returned_names(self) -> list[str]:
        return [name for layout in self.returned.values() for name in layout.names]

    def _wanted(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._returned_names(), *self._for_later())))

    def _for_later(self) -> list[str]:
        """What the cache of this function has to hold."""
        if not any(layout is None for layout in self.function.returns.values()):
            return []
        found: dict[str, None] = {}
        for later in self.exercise.functions[self.place + 1 :]:
            if set(later.arguments) & set(self.function.returns):
                found |= dict.fromkeys(lacking(self.program, later, self.style, self.known))
        return [n for n in found if n in self.known or n in self.program.lines]

    def _from_caches(self, program: Program) -> set[str]:
        """What earlier functions have kept for this one."""
        if not self.caches:
            return set()
        earlier = {name for f in self.exercise.functions[: self.place] for name in names_of(f)}
        found = lacking(program, self.function, self.style, earlier)
        return {name for name in found if name in earlier or name in program.lines}

    def tree(self) -> ast.FunctionDef:
        """The whole function."""
        body = Body(
            self.program, self.style, self.needs, self.function.over, set(self.known),
            self.wanted, set(self._returned_names()), self.helpers, self.extra,
        )  # fmt: skip
        self._take_apart(body)
        self._defaults(body)
        self._blocks(body)
        body.run(self._hand_back)
        arguments = [*(self.function.made_with or {}), *self.function.arguments]
        head = f"def {self.function.name}({', '.join(arguments)}):\n"
        text = head + "\n".join(body.lines)
        return renamed(text, self.style, set(arguments), set(self.program.names))

    # -- in ---------------------------------------------------------------------------------------

    def _take_apart(self, body: Body) -> None:
        """Each name of the list as a variable of its own."""
        style = self.style
        parts: dict[str, list[tuple[str, Fraction]]] = {}
        for argument, layout in self.function.taken.items():
            if layout is None:
                for name in sorted(self.kept_before):
                    body.write(f"{name} = {argument}[{name!r}]")
            elif not isinstance(layout, Fixed):
                if style.torch and arrays(layout, argument)[0][1].axes(self.axes):
                    body.write(f"{argument} = {_tensors(layout, argument)}")
                for name, text, factor in taken_apart(layout, argument, self.axes):
                    parts.setdefault(name, []).append((text, factor))
        self._sizes(body)
        for name, found in parts.items():
            total = sum((factor for _text, factor in found), Fraction(0))
            text = " + ".join(text for text, _factor in found)
            if abs(total - 1) > Fraction(1, 10**9):
                text = f"({text}) / {float(total)!r}"
            if style.float32 and name not in _WHOLE_NUMBERS:
                body.write(f"{name} = np.asarray({text}, np.float32)")
            elif text != name:
                body.write(f"{name} = {text}")
        if style.two_biases and "a" in parts and not style.torch:
            body.write("half_a = a / 2")
            body.local["a"] = "(half_a + half_a)"
            body.local["whole a"] = "(half_a + half_a)"
        floats = sorted(n for n in self.known if n not in _WHOLE_NUMBERS and self.program.names[n])
        if floats:
            body.write(f"dtype = {floats[0]}.dtype")

    def _sizes(self, body: Body) -> None:
        """The sizes, from the shapes of what came."""
        came: list[tuple[str, Axes]] = []
        for argument, layout in self.function.taken.items():
            if layout is None:
                came += [(name, self.axes[name]) for name in sorted(self.kept_before)]
            else:
                came += [(text, part.axes(self.axes)) for text, part in arrays(layout, argument)]
        found: dict[str, str] = {}
        for text, axes in came:
            for place, axis in enumerate(axes):
                match axis.counts:
                    case ((letter, 1),) if letter:
                        found.setdefault(letter, f"{text}.shape[{place}]")
        for text, axes in came:
            for place, axis in enumerate(axes):
                match axis.counts:
                    case ((letter, count),) if letter:
                        found.setdefault(letter, f"{text}.shape[{place}] // {count}")
        if self.program.carries and self.function.over == "step":
            found["T"], found["t"] = "1", "0"
        for letter, text in found.items():
            body.write(f"{letter} = {text}")

    def _defaults(self, body: Body) -> None:
        """What no argument says."""
        read = (*self.needs.lines.values(), *self.program.returned.values())
        counts = any("count" in expression.reads for expression in read)
        for name in (*self.needs.taken, *(["mask"] if counts else [])):
            if name in self.known or name in self.program.blocks:
                continue
            if name in ("h_0", "c_0", "d_h_T", "d_c_T"):
                body.write(f"{name} = np.zeros((N, H), dtype=dtype)")
            elif name == "mask" and self.function.over == "sequence":
                if "lengths" in self.known:
                    body.write("mask = np.arange(T)[:, np.newaxis] < lengths")
                else:
                    body.write("mask = np.ones((T, N), dtype=bool)")
            elif name == "mask":
                body.write("mask = np.ones(N, dtype=bool)")
            else:
                continue
            body.known.add(name)
        if body.ragged:
            body.write(f"every = {going(self.program, 'np.arange(T)[:, np.newaxis]')}")
        if counts:
            counted = "(mask & every)" if body.ragged else "mask"
            body.write(f"count = {counted}.sum()")

    def _blocks(self, body: Body) -> None:
        """What each pass sees of the parameters, and the blocks that its lines read."""
        program = self.program
        read: dict[bool, set[str]] = {False: set(), True: set()}
        for name, expression in self.needs.lines.items():
            read[program.lines[name].backward] |= set(expression.reads)
        for carry in program.carries.values():
            if carry.into in self.needs.carries:
                read[carry.backward] |= {carry.first, carry.then, carry.initial}
        body.seen = {
            backward: self._seen(body, read[backward], backward=backward)
            for backward in (False, True)
        }

    def _seen(self, body: Body, read: set[str], *, backward: bool) -> dict[str, str]:
        """Another name for what a pass reads in the place of something given."""
        program = self.program
        expressions = program.seen_backward if backward else program.seen_forward
        mark = "_back" if backward and expressions != program.seen_forward else "_seen"
        found: dict[str, str] = {}
        whole = body.text(whole=True)
        for name, expression in expressions.items():
            if name in program.blocks:
                continue
            used = name in read or any(
                b in read for b, (of, _above) in program.blocks.items() if of == name
            )
            if not used or not self._there(expression.reads, name):
                continue
            self._cut(body, [r for r in expression.reads if r in program.blocks], {})
            body.write(f"{name}{mark} = {_with_it(whole, expression, name)}")
            if len(program.names[name]) and name not in program.blocks:
                body.write(f"{name}{mark} = np.broadcast_to({name}{mark}, {name}.shape)")
            found[name] = f"{name}{mark}"
        self._cut(body, [r for r in sorted(read) if r in program.blocks], found)
        for name in sorted(set(expressions) & set(program.blocks) & read):
            expression = expressions[name]
            self._cut(body, [r for r in expression.reads if r in program.blocks], found)
            body.write(f"{name}{mark} = {_with_it(whole, expression, name)}")
            found[name] = f"{name}{mark}"
        return found

    def _there(self, reads: Sequence[str], name: str) -> bool:
        there = self.known | set(self.program.blocks)
        return all(read in there or read == "it" for read in reads) and name in self.known

    def _cut(self, body: Body, names: Sequence[str], seen: dict[str, str]) -> None:
        """Blocks, cut from the whole parameter where they did not come themselves."""
        for name in names:
            if name in self.known or name in seen:
                continue
            whole, above = self.program.blocks[name]
            if whole in seen:
                variable = f"{name}_{seen[whole].rpartition('_')[2]}"
                body.write(f"{variable} = {seen[whole]}[{above} * H:{above + 1} * H]")
                seen[name] = variable
            elif (name, "cut") not in body.done:
                body.done.add((name, "cut"))
                body.write(f"{name} = {whole}[{above} * H:{above + 1} * H]")

    # -- out --------------------------------------------------------------------------------------

    def _hand_back(self, body: Body) -> None:
        program = self.program
        called = dict.fromkeys(self.wanted, "")
        for name in self.wanted:
            called[name] = body.whole(name)
        whole = body.text(whole=self.function.over == "sequence")
        for name, expression in program.returned.items():
            if name in self.wanted and any(name in l.names for l in self.returned.values()):
                body.write(f"returned_{name} = {_with_it(whole, expression, name)}")
        for name in self.wanted:
            if name in program.returned:
                called[name] = f"returned_{name}"
        for name in permuted(program, self._returned_names()):
            called[f"d_{name}"] = self._put_back(body, whole, name, called[f"d_{name}"])
        results = []
        for layout in self.function.returns.values():
            if layout is None:
                pairs = ", ".join(f"{n!r}: {body.whole(n)}" for n in self._for_later())
                results.append("{" + pairs + "}")
            else:
                text = laid_out(layout, self.axes, lambda n: called[n])
                plain = isinstance(layout, Name) and len(layout.axes(self.axes)) > 1
                results.append(_back(text, self.style, plain=plain))
        body.write(f"return {', '.join(results)}")

    def _put_back(self, body: Body, whole: Text, name: str, gradient: str) -> str:
        """The gradient of what was read in another order, in the order of what was given."""
        places = f"places_{name}"
        body.write(f"{places} = np.arange({gradient}.size).reshape({gradient}.shape)")

        def place(other: str) -> str:
            parameter, above = self.program.blocks.get(other, (other, None))
            if parameter != name:
                return other
            return places if above is None else f"{places}[{above} * H:{above + 1} * H]"

        expression = self.program.seen_backward[name]
        body.write(f"{places} = {_with_it(replace(whole, called=place), expression, name)}")
        self.helpers.add("put_back")
        return f"put_back({places}, {gradient})"


def _with_it(text: Text, expression: Expression, name: str) -> str:
    return text.of(expression.replaced({"it": Quantity(name)}))


def _tensors(layout: Layout, argument: str) -> str:
    """PyTorch's tensors of what came, also in a dict or a tuple."""
    match layout:
        case Grouped("dict", named):
            inside = ", ".join(
                f"{key!r}: {_tensors(part, f'{argument}[{key!r}]')}" for key, part in named
            )
            return "{" + inside + "}"
        case Grouped(_, named):
            inside = ", ".join(_tensors(part, f"{argument}[{key}]") for key, part in named)
            return f"({inside},)"
    return f"np.as_tensor({argument})"


def _back(text: str, style: Style, *, plain: bool) -> str:
    if not plain or style.torch:
        return text
    match style.back:
        case "lists":
            return f"np.asarray({text}).tolist()"
        case "fortran":
            return f"np.asfortranarray({text})"
    return text
