"""Facts about this installation that decide how tracer behaves, each with what to do about it."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec

import tracer
from tracer.language import LOCALE_DIR, _

_LIBRARIES = ("numpy", "numba", "llvmlite", "rich", "click", "safetensors")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact.

    Attributes
    ----------
    area, name : str
        Where it belongs and what it is about; the same in every language.
    value : str
        What was found.
    advice : str
        What to do or to know; empty where all is well.
    """

    area: str
    name: str
    value: str
    advice: str = ""

    @property
    def status(self) -> str:
        """``ok``, or ``note`` where there is something to know."""
        return "note" if self.advice else "ok"


def diagnose() -> tuple[Finding, ...]:
    """Look at everything but the terminal, which only the screen knows."""
    return (*_versions(), *_machine(), *_kernels(), *_sandbox(), *_languages())


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "tracer", tracer.__version__)
    yield Finding(
        "versions", "python", f"{platform.python_version()} ({platform.python_implementation()})"
    )
    for name in _LIBRARIES:
        try:
            yield Finding("versions", name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(
                "versions", name, _("not found"), _("tracer needs it: install both again")
            )


def _machine() -> Iterator[Finding]:
    yield Finding("machine", "platform", platform.platform(terse=True))
    yield Finding("machine", "processor", platform.machine())
    yield Finding("machine", "cores", str(_cores()))


def _cores() -> int:
    """Cores that this process may use; a container or a job may have fewer than the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _kernels() -> Iterator[Finding]:
    from tracer.kernels.cache import cache_report, threading_layers, threads
    from tracer.kernels.device import DEVICES

    report = cache_report()
    yield Finding("kernels", "devices", ", ".join(DEVICES))
    if os.environ.get("NUMBA_DISABLE_JIT", "0") == "0":
        yield Finding("kernels", "compiler", _("on"))
    else:
        slow = _("NUMBA_DISABLE_JIT is set: kernels run as plain Python, slowly")
        yield Finding("kernels", "compiler", _("off"), slow)
    layers = threading_layers()
    yield Finding(
        "kernels", "threads",
        _("{threads} through {layer}").format(
            threads=threads(), layer=", ".join(layers) or _("nothing")
        ),
        "" if layers else _("Numba found no threading library; kernels use one core"),
    )  # fmt: skip
    yield Finding(
        "kernels", "cache", str(report.place),
        "" if report.writable else
        _("not writable, so kernels are compiled at every start; "
          "set NUMBA_CACHE_DIR to a folder of yours"),
    )  # fmt: skip
    yield Finding(
        "kernels", "cached",
        _("{count} compiled, {size:.1f} MB").format(count=report.kernels, size=report.size / 1e6),
        "" if report.kernels else _("the first sentence will take some seconds longer"),
    )  # fmt: skip
    yield Finding(
        "kernels", "hits",
        _("{hits} loaded from the cache just now, {compiled} compiled").format(
            hits=report.hits, compiled=report.compiled
        ),
        _("the cache was older than this version or made for another processor; it is renewed now")
        if report.compiled else "",
    )  # fmt: skip
    yield _cuda("cuda" in DEVICES)


def _cuda(supported: bool) -> Finding:
    if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") != "0":
        return Finding("kernels", "cuda", _("simulator"), _("NUMBA_ENABLE_CUDASIM is set: slow"))
    names = _cuda_devices()
    if not names:
        return Finding("kernels", "cuda", _("none"))
    unused = "" if supported else _("this version of tracer has no kernels for it")
    return Finding("kernels", "cuda", ", ".join(names), unused)


def _cuda_devices() -> list[str]:
    """Names of the NVIDIA devices, asked of the driver itself, so that no package is needed."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
    except OSError:
        return []
    count = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return []
    names = []
    for index in range(count.value):
        name = ctypes.create_string_buffer(100)
        driver.cuDeviceGetName(name, len(name), index)
        names.append(name.value.decode(errors="replace"))
    return names


def _sandbox() -> Iterator[Finding]:
    limits = find_spec("resource") is not None
    yield Finding(
        "sandbox", "limits", _("time and memory") if limits else _("time only"),
        "" if limits else _("this system has no memory limit for a process"),
    )  # fmt: skip
    path = shutil.which("bwrap")
    if path is None:
        advice = _("your own exercises need no sandbox; to run files of others safely, install it")
        yield Finding("sandbox", "bubblewrap", _("not found"), advice)
    elif not _works(path):
        advice = _("the system forbids user namespaces, so it cannot start")
        yield Finding("sandbox", "bubblewrap", path, advice)
    else:
        yield Finding("sandbox", "bubblewrap", path)


def _works(bubblewrap: str) -> bool:
    command = [bubblewrap, "--ro-bind", "/", "/", "--unshare-all", "true"]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=10, check=False)  # noqa: S603 - our own words
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _languages() -> Iterator[Finding]:
    names = sorted(place.parent.parent.name for place in LOCALE_DIR.glob("*/LC_MESSAGES/tracer.mo"))
    yield Finding("language", "languages", ", ".join(["en", *names]))
    chosen = os.environ.get("TRACER_LANGUAGE", "")
    if chosen:
        known = chosen in {"en", *names}
        advice = "" if known else _("there is no catalogue of it, so English is shown")
        yield Finding("language", "chosen", chosen, advice)
