"""The filter of system calls: what a child really meets that tries them."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walls.tried import CLOSED, HOME, TRYING, tried
from tracer.sandbox.seccomp import (
    ALLOWED,
    AUDITED,
    LOOKED_AT,
    REFUSED,
    X32,
    numbers,
    packed,
    program,
)

HERE = sys.platform == "linux" and platform.machine() in AUDITED
WALL = "load('seccomp').install()"


def test_a_program_computes_as_before() -> None:
    """Memory, files, threads, time, random numbers, waiting, a signal to itself."""
    if not HERE:
        return
    attempts = {
        "memory": "bytearray(2**26)",
        "machine code": "import mmap; mmap.mmap(-1, 4096, prot=7)",
        "files": (
            "import tempfile, shutil\n"
            "with tempfile.TemporaryDirectory() as place:\n"
            "    open(place + '/a', 'w').write('1')\n"
            "    os.replace(place + '/a', place + '/b')\n"
            "    assert os.listdir(place) == ['b']\n"
        ),
        "threads": (
            "import threading\n"
            "said = []\n"
            "one = threading.Thread(target=said.append, args=(1,))\n"
            "one.start(); one.join()\n"
            "assert said == [1]\n"
        ),
        "a pool of threads": (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor(4) as pool:\n"
            "    assert sum(pool.map(abs, range(10))) == 45\n"
        ),
        "time": "import time; time.sleep(0.001); time.time(); time.process_time()",
        "random": "import random, secrets; secrets.token_hex(); random.SystemRandom().random()",
        "a pair": "import socket; a, b = socket.socketpair(); a.send(b'1'); assert b.recv(1)",
        "an event loop": "import asyncio; asyncio.run(asyncio.sleep(0.001))",
        "a signal to itself": (
            "import signal\n"
            "signal.signal(signal.SIGUSR1, lambda *_: None)\n"
            "os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1)\n"
        ),
        "a lower limit": "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
        "the machine": "import platform; platform.platform(); os.cpu_count(); os.isatty(0)",
    }

    found = tried(WALL, attempts, begin="import asyncio, tempfile")

    assert found == dict.fromkeys(attempts, "done")


def test_no_other_process_comes_to_be_or_is_reached() -> None:
    """None is started, none is signalled, none is looked into, no limit of another is set."""
    if not HERE:
        return
    attempts = {
        "fork": "os._exit(0) if os.fork() == 0 else None",
        "a program": "import subprocess; subprocess.run(['true'])",
        "a shell": "os.execv('/bin/sh', ['sh', '-c', 'true'])",
        "a process that shares nothing": "call(CLONE, 17, 0, 0, 0, 0)",
        "one in a new user namespace": "call(CLONE, 0x10000000 | 17, 0, 0, 0, 0)",
        "one that shares memory": "call(CLONE, 0x100 | 17, 0, 0, 0, 0)",
        "a namespace": "call(UNSHARE, 0x10000000)",
        "its parent ended": "os.kill(os.getppid(), 9)",
        "its group ended": "os.kill(0, 9)",
        "everybody ended": "os.kill(-1, 9)",
        "a thread of another": "call(TGKILL, os.getppid(), os.getppid(), 0)",
        "another's limits": "import resource; resource.prlimit(os.getppid(), 7, (4, 4))",
        "another's memory": "call(PTRACE, 16, os.getppid(), 0, 0)",
    }

    found = tried(WALL, attempts, begin=_named())

    assert found == dict.fromkeys(attempts, "EPERM")


def test_what_a_wall_of_files_does_not_guard() -> None:
    """No network, no rights or owners or times of files, no links, no files that are memory."""
    if not HERE:
        return
    attempts = {
        "a socket": "import socket; socket.socket()",
        "a local socket": "import socket; socket.socket(socket.AF_UNIX)",
        "a packet socket": "import socket; socket.socket(17, 3)",
        "a local address": (
            "import socket\n"
            "pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
            "pair[0].sendto(b'out', '\\0nobody')\n"
        ),
        "a pair of another kind": "import socket; socket.socketpair(30, socket.SOCK_SEQPACKET)",
        "rights": "os.chmod('/dev/null', 0o666)",
        "owner": "os.chown('/dev/null', -1, -1)",
        "times": "os.utime('/dev/null')",
        "attributes": "os.setxattr('/dev/null', 'user.a', b'')",
        "cut short": "os.truncate('/dev/null', 0)",
        "a hard link": "os.link('/dev/null', '/tmp/null')",
        "a link": "os.symlink('/dev/null', '/tmp/null')",
        "a pipe with a name": "os.mkfifo('/tmp/fifo')",
        "memory as a file": "os.memfd_create('a')",
        "a larger pipe": "import fcntl; fcntl.fcntl(os.pipe()[0], 1031, 2**20)",
        "signals for a file": "import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
        "typing into a terminal": "import fcntl; fcntl.ioctl(0, 0x5412, b'x')",
        "living on without its parent": "call(PRCTL, 1, 0)",
    }

    found = tried(WALL, attempts, begin=_named())

    assert found == dict.fromkeys(attempts, "EPERM")


def test_what_it_does_not_know_is_not_there() -> None:
    """A way round the filter, or a call of a kernel to come: as on a kernel without it."""
    if not HERE:
        return
    attempts = {
        "clone3": "call(435, 0, 0)",
        "io_uring": "call(425, 1, 0)",
        "userfaultfd": f"call({323 if platform.machine() == 'x86_64' else 282}, 0)",
        "one to come": "call(999)",
    }

    assert tried(WALL, attempts) == dict.fromkeys(attempts, "ENOSYS")


def test_another_way_to_call_ends_the_process() -> None:
    """The numbers of x32 mean other calls than those that were looked at."""
    if not HERE or platform.machine() != "x86_64":
        return
    source = TRYING.format(home=str(HOME)) + f"{CLOSED}{WALL}\ncall({X32} + 39)\n"

    done = subprocess.run([sys.executable, "-I", "-S", "-c", source], check=False)

    assert done.returncode == -31  # SIGSYS


@pytest.mark.parametrize("processor", AUDITED)
def test_the_lists(processor: str) -> None:
    """Each number is there once, and every jump of the filter lands within it."""
    lists = [numbers(listed, processor) for listed in (ALLOWED, LOOKED_AT, REFUSED)]
    together = [number for one in lists for number in one.values()]

    steps = program(processor, 1)

    assert len(together) == len(set(together))
    assert len(packed(steps)) == 8 * len(steps) < 8 * 4096  # a filter's most
    for at, (_code, yes, no, _number) in enumerate(steps):
        assert at + max(yes, no) < len(steps)
    assert steps[-1][0] == 0x06  # it ends in an answer


def test_the_numbers_are_those_of_the_system() -> None:
    """Where the headers of the kernel lie, they say the same."""
    headers = {
        "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        "aarch64": Path("/usr/include/asm-generic/unistd.h"),
    }
    for processor, header in headers.items():
        text = header.read_text("utf-8") if header.exists() else ""
        defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)
        told = {name: int(number) for name, number in defined}
        for listed in (ALLOWED, LOOKED_AT, REFUSED):
            ours = numbers(listed, processor)
            assert {name: told.get(name, n) for name, n in ours.items()} == ours


def _named() -> str:
    known = numbers(LOOKED_AT, platform.machine()) | numbers(REFUSED, platform.machine())
    return "\n".join(f"{name.upper()} = {known[name]}" for name in known)
