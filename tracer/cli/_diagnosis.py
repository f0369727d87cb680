"""Facts about this installation that decide how tracer behaves, each with what to do about it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

import tracer
from tracer.language import LOCALE_DIR, _, plural
from tracer.view.parts.doctor import Finding

_LIBRARIES = (
    "numpy", "numba", "llvmlite", "rich", "click", "safetensors", "filelock", "psutil",
    "pyyaml", "watchfiles",
)  # fmt: skip


def diagnose(*, clear: bool = False) -> tuple[Finding, ...]:
    """Look at everything but the terminal, which only the screen knows.

    With `clear`, remove the kept kernels first.
    """
    removed = (_cleared(),) if clear else ()
    return (*_versions(), *_machine(), *_kernels(), *removed, *_sandbox(), *_languages())


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "tracer", tracer.__version__)
    yield Finding(
        "versions", "python", f"{platform.python_version()} ({platform.python_implementation()})"
    )
    for name in _LIBRARIES:
        try:
            yield Finding("versions", name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding("versions", name, _("not found"), _("tracer needs it: reinstall both"))


def _machine() -> Iterator[Finding]:
    from tracer.kernels.memory import free_memory

    yield Finding("machine", "platform", platform.platform(terse=True))
    yield Finding("machine", "processor", platform.machine())
    yield Finding("machine", "memory", _("{size:.1f} GB free").format(size=free_memory() / 1e9))


def _kernels() -> Iterator[Finding]:
    from tracer.kernels.cpu.shares import threads
    from tracer.kernels.device import DEVICES

    yield Finding("kernels", "devices", ", ".join(DEVICES))
    yield _card()
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        slow = _("NUMBA_DISABLE_JIT is set: kernels run as plain Python, slowly")
        yield Finding("kernels", "compiler", _("off"), slow)
        return
    yield Finding("kernels", "compiler", _("on"))
    yield Finding(
        "kernels", "threads",
        plural("{n}", "up to {n}, for large batches", threads()).format(n=threads()),
    )  # fmt: skip
    yield from _cache()


def _card() -> Finding:
    """The card of the device cuda; that there is none is nothing to mend."""
    from tracer.kernels.cuda.package import card, trouble

    why = trouble()
    if why:
        said = _("kernels run on the CPU; a graphics card cannot be used: {why}")
        return Finding("kernels", "cuda", said.format(why=why))
    return Finding("kernels", "cuda", _("can be used: {card}").format(card=card().name))


def _cache() -> Iterator[Finding]:
    from tracer.kernels.cache import cache_report

    report = cache_report()
    each_time = _("kernels are compiled at every start; set NUMBA_CACHE_DIR to a folder of yours")
    if report.place is None:
        yield Finding("kernels", "cache", _("no folder can be written"), each_time)
        return
    yield Finding(
        "kernels", "cache", str(report.place),
        f"{report.problem}: {each_time}" if report.problem else "",
    )  # fmt: skip
    advice = ""
    if report.damaged:
        advice = plural(
            "{n} more is damaged; it is compiled anew when it is needed, or remove it with "
            "tracer doctor --clear-cache",
            "{n} more are damaged; they are compiled anew when they are needed, or remove them "
            "with tracer doctor --clear-cache",
            report.damaged,
        ).format(n=report.damaged)
    elif not report.kernels:
        advice = _("each is compiled when it is first needed; all of them now: tracer warmup")
    yield Finding(
        "kernels", "cached",
        _("{count} compiled, {size:.1f} MB").format(count=report.kernels, size=report.size / 1e6),
        advice,
    )  # fmt: skip


def _cleared() -> Finding:
    """Remove the kept kernels, and say what was removed."""
    from tracer.kernels.cache import clear_cache

    done = clear_cache()
    said = plural("{n} file removed, {size:.1f} MB", "{n} files removed, {size:.1f} MB", done.files)
    return Finding(
        "kernels", "cleared", said.format(n=done.files, size=done.size / 1e6),
        _("not removed: {files}").format(files="; ".join(done.left)) if done.left else "",
    )  # fmt: skip


def _sandbox() -> Iterator[Finding]:
    from tracer.sandbox import cgroup

    limits = find_spec("resource") is not None
    said = _("time and memory of each process, and behind a wall of all together")
    if why := cgroup.trouble():
        said = _(
            "time and memory of each process. A limit on all processes together is optional, and "
            "this machine does not offer it: {why}"
        ).format(why=why)
    yield Finding(
        "sandbox", "limits", said if limits else _("time only"),
        "" if limits else _("this system has no memory limit for a process"),
    )  # fmt: skip
    yield from _walls()
    yield from _left()


def _left() -> Iterator[Finding]:
    """What a tracer that was killed has left; it is removed."""
    from tracer.sandbox import leftovers

    if gone := leftovers.removed():
        said = plural(
            "{count} folder of a tracer that was killed was left, and is removed",
            "{count} folders of a tracer that was killed were left, and are removed",
            len(gone),
        )
        yield Finding("sandbox", "leftovers", said.format(count=len(gone)))


def _walls() -> Iterator[Finding]:
    """What `tracer check --wall` can raise: each is raised, and tried from inside."""
    from tracer.sandbox.walls import WALLS, gaps

    yield Finding("sandbox", "plain", _("against accidents only; the default of tracer check"))
    promised = {
        "landlock": _("stands; it hides neither the names of files nor those of processes"),
        "namespaces": _("stands; it hides all files and processes but its own"),
    }
    for name, said in promised.items():
        why = WALLS[name].trouble()
        if why:
            yield Finding("sandbox", name, _("cannot stand here: {why}").format(why=why))
            continue
        open_yet = "; ".join(gaps(name))
        yield Finding(
            "sandbox", name, _("does not hold") if open_yet else said,
            open_yet or WALLS[name].advice(),
        )  # fmt: skip


def _languages() -> Iterator[Finding]:
    names = sorted(place.parent.parent.name for place in LOCALE_DIR.glob("*/LC_MESSAGES/tracer.mo"))
    yield Finding("language", "languages", ", ".join(["en", *names]))
    chosen = os.environ.get("TRACER_LANGUAGE", "")
    if chosen:
        known = chosen in {"en", *names}
        advice = "" if known else _("not translated, so English is shown")
        yield Finding("language", "chosen", chosen, advice)
