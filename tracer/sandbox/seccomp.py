"""The system calls that a walled process may make: a filter that the kernel runs before each one.

A process and its threads may compute, use the files that they can reach, and end. They may start
no other process, open no socket but a pair of their own, signal nobody but themselves, and change
nothing but the contents of files: not their rights, times or owners, which Landlock does not
guard. Calls that are not listed here are answered as by a kernel that does not have them, so that a
library falls back on an older one: glibc starts threads by ``clone``, whose flags can be looked at,
once ``clone3`` is missing.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Iterator
from errno import ENOSYS, EPERM
from functools import cache
from itertools import pairwise

# Each call with its number on x86_64 and on aarch64; - where there is none.
ALLOWED = """
read 0 63, write 1 64, pread64 17 67, pwrite64 18 68, readv 19 65, writev 20 66, preadv 295 69,
pwritev 296 70, preadv2 327 286, pwritev2 328 287, lseek 8 62, close 3 57, close_range 436 436,
open 2 -, openat 257 56, creat 85 -, dup 32 23, dup2 33 -, dup3 292 24, pipe 22 -, pipe2 293 59,
ftruncate 77 46, fallocate 285 47, fsync 74 82, fdatasync 75 83, sync_file_range 277 84,
flock 73 32, fadvise64 221 223, sendfile 40 71, copy_file_range 326 285, stat 4 -, fstat 5 80,
lstat 6 -, newfstatat 262 79, statx 332 291, statfs 137 43, fstatfs 138 44, access 21 -,
faccessat 269 48, faccessat2 439 439, getdents 78 -, getdents64 217 61, getcwd 79 17,
chdir 80 49, fchdir 81 50, readlink 89 -, readlinkat 267 78, umask 95 166, mkdir 83 -,
mkdirat 258 34, rmdir 84 -, unlink 87 -, unlinkat 263 35, rename 82 -, renameat 264 38,
renameat2 316 276, poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72, epoll_create 213 -,
epoll_create1 291 20, epoll_ctl 233 21, epoll_wait 232 -, epoll_pwait 281 22,
epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19, recvfrom 45 207,
shutdown 48 210, getsockopt 55 209, mmap 9 222, munmap 11 215, mprotect 10 226,
mremap 25 216, madvise 28 233, brk 12 214, msync 26 227, mincore 27 232, membarrier 324 283,
pkey_alloc 330 289, pkey_free 331 290, pkey_mprotect 329 288, rt_sigaction 13 134,
rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136, rt_sigtimedwait 128 137,
rt_sigsuspend 130 133, sigaltstack 131 132, pause 34 -, alarm 37 -, setitimer 38 103,
getitimer 36 102, exit 60 93, exit_group 231 94, wait4 61 260, waitid 247 95, futex 202 98,
set_robust_list 273 99, get_robust_list 274 100, set_tid_address 218 96, rseq 334 293,
restart_syscall 219 128, sched_yield 24 124, sched_getaffinity 204 123, sched_getparam 143 121,
sched_getscheduler 145 120, sched_get_priority_max 146 125, sched_get_priority_min 147 126,
getpriority 140 141, getcpu 309 168, getpid 39 172, gettid 186 178, getppid 110 173,
getpgrp 111 -, getpgid 121 155, getsid 124 156, getuid 102 174, geteuid 107 175, getgid 104 176,
getegid 108 177, getresuid 118 148, getresgid 120 150, getgroups 115 158, getrlimit 97 163,
getrusage 98 165, times 100 153, uname 63 160, sysinfo 99 179, getrandom 318 278,
clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115, nanosleep 35 101,
gettimeofday 96 169, time 201 -
"""
"""What computing, files and threads need; which files, Landlock says."""

LOOKED_AT = """
clone 56 220, kill 62 129, tgkill 234 131, ioctl 16 29, fcntl 72 25, prctl 157 167,
prlimit64 302 261, socketpair 53 199, sendto 44 206
"""
"""Allowed with some arguments only: see `_looked_at`."""

REFUSED = """
fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, unshare 272 97, setns 308 268,
mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, ptrace 101 117,
process_vm_readv 310 270, process_vm_writev 311 271, tkill 200 130, rt_sigqueueinfo 129 138,
rt_tgsigqueueinfo 297 240, pidfd_open 434 434, pidfd_getfd 438 438, pidfd_send_signal 424 424,
kcmp 312 272, socket 41 198, connect 42 203, bind 49 200, listen 50 201, accept 43 202,
accept4 288 242, sendmsg 46 211, recvmsg 47 212, sendmmsg 307 269, recvmmsg 299 243,
setsockopt 54 208, getsockname 51 204, getpeername 52 205, chmod 90 -, fchmod 91 52,
fchmodat 268 53, fchmodat2 452 452, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54,
utime 132 -, utimes 235 -, utimensat 280 88, futimesat 261 -, setxattr 188 5, lsetxattr 189 6,
fsetxattr 190 7, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16, truncate 76 45,
link 86 -, linkat 265 37, symlink 88 -, symlinkat 266 36, mknod 133 -, mknodat 259 33,
setsid 112 157, setpgid 109 154, setuid 105 146, setgid 106 144, setreuid 113 145,
setregid 114 143, setresuid 117 147, setresgid 119 149, setgroups 116 159, setfsuid 122 151,
setfsgid 123 152, capset 126 91, setrlimit 160 164, setpriority 141 140,
sched_setaffinity 203 122, sched_setscheduler 144 119, sched_setparam 142 118,
sched_setattr 314 274, ioprio_set 251 30, memfd_create 319 279, memfd_secret 447 447,
shmget 29 194, shmat 30 196, semget 64 190, msgget 68 186, mq_open 240 180, inotify_init 253 -,
inotify_init1 294 26, inotify_add_watch 254 27, fanotify_init 300 262, keyctl 250 219,
add_key 248 217, request_key 249 218, bpf 321 280, perf_event_open 298 241,
open_by_handle_at 304 265, name_to_handle_at 303 264, personality 135 92, reboot 169 142,
sethostname 170 161, settimeofday 164 170, clock_settime 227 112, swapon 167 224,
init_module 175 105, finit_module 313 273
"""
"""What programs do try: they are told that it is not permitted."""

AUDITED = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""How the kernel calls the processors that the numbers are known of."""

SECCOMP = {"x86_64": 317, "aarch64": 277}
"""The number of the call that sets a filter."""

X32 = 0x40000000
"""From here on, numbers on x86_64 mean the same calls once more, for another kind of program."""

THREAD = 0x00000100 | 0x00000800 | 0x00010000
"""Flags of ``clone``: the memory, the signal handlers and the group of threads are shared."""

NAMESPACES = 0x7E020000 | 0x00000080
"""Flags of ``clone``: each gives the new task a namespace of its own."""

TERMINAL = (0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451)
"""``ioctl``: is it a terminal and how wide, wait or not, how much is there, closed by exec or not.

Nothing that types into a terminal is among them.
"""

FILES = (*range(8), 36, 37, 38, 1030)
"""``fcntl``: copies of a descriptor, its flags, locks; no signals, and no larger pipes."""

NAMES = (3, 15, 16, 0x53564D41)
"""``prctl``: whether memory may be dumped, the name of a thread, the name of a piece of memory."""

LOCAL = 1
"""``socketpair``: the kind that stays on this machine, by which an event loop wakes itself."""

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER, _PROCESSOR = 0, 4
"""Where the call's number and the processor stand in what the filter sees; then its arguments."""

Step = tuple[int, int, int, int]
"""One instruction: what it does, how many to skip if so and if not, and its number."""


@cache
def numbers(listed: str, processor: str) -> dict[str, int]:
    """The calls of a list by name, as far as this processor has them."""
    column = 1 + list(AUDITED).index(processor)
    rows = (row.split() for row in listed.replace("\n", " ").split(","))
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


@cache
def program(processor: str, pid: int) -> tuple[Step, ...]:
    """The filter for the process `pid`, from top to bottom."""
    steps = [
        (_LOAD, 0, 0, _PROCESSOR),
        (_EQUAL, 1, 0, AUDITED[processor]),
        (_RETURN, 0, 0, KILL),  # a call in the way of another processor
        (_LOAD, 0, 0, _NUMBER),
    ]
    if processor == "x86_64":
        steps += [(_AT_LEAST, 0, 1, X32), (_RETURN, 0, 0, KILL)]
    steps += _of(ALLOWED, processor, ALLOW)
    known = numbers(LOOKED_AT, processor)
    for name, block in _looked_at(pid).items():
        steps += [(_EQUAL, 0, len(block), known[name]), *block]
    steps += _of(REFUSED, processor, ERRNO | EPERM)
    return (*steps, (_RETURN, 0, 0, ERRNO | ENOSYS))


@cache
def _of(listed: str, processor: str, then: int) -> tuple[Step, ...]:
    """What is the answer to each call of a list."""
    runs = _runs(numbers(listed, processor).values())
    return tuple(step for first, last in runs for step in _within(first, last, then))


def packed(steps: Iterable[Step]) -> bytes:
    """The filter as the kernel reads it; ``bwrap --seccomp`` takes the same bytes."""
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def install() -> None:
    """From now on, every thread of this process is held to the filter. There is no way back.

    Raises
    ------
    OSError
        If the kernel takes none, or the processor is none of `AUDITED`.
    """
    processor = platform.machine()
    if processor not in AUDITED:
        raise OSError(ENOSYS, f"no list of system calls for {processor}")
    steps = packed(program(processor, os.getpid()))
    held = ctypes.create_string_buffer(steps, len(steps))
    given = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    filter_mode, every_thread = 1, 1
    if libc.syscall(ctypes.c_long(SECCOMP[processor]), filter_mode, every_thread, given):
        raise OSError(ctypes.get_errno(), "the kernel took no filter of system calls")


def _looked_at(pid: int) -> dict[str, list[Step]]:
    """For each call of `LOOKED_AT`, what follows once it is known to be that one."""
    return {
        "clone": [
            *((_LOAD, 0, 0, _argument(0)), (_AND, 0, 0, THREAD | NAMESPACES)),
            *((_EQUAL, 0, 1, THREAD), (_RETURN, 0, 0, ALLOW), (_RETURN, 0, 0, ERRNO | EPERM)),
        ],
        "kill": _one_of(0, [pid]),
        "tgkill": _one_of(0, [pid]),
        "prlimit64": _one_of(0, [0, pid]),
        "ioctl": _one_of(1, TERMINAL),
        "fcntl": _one_of(1, FILES),
        "prctl": _one_of(0, NAMES),
        "socketpair": _one_of(0, [LOCAL]),
        "sendto": _one_of(5, [0]),  # the other end of a pair; an address could be anybody's
    }


def _one_of(place: int, values: Iterable[int]) -> list[Step]:
    """Allowed if this argument is one of these; the kernel itself reads 32 bits of it."""
    found = [step for v in values for step in ((_EQUAL, 0, 1, v), (_RETURN, 0, 0, ALLOW))]
    return [(_LOAD, 0, 0, _argument(place)), *found, (_RETURN, 0, 0, ERRNO | EPERM)]


def _argument(place: int) -> int:
    return 16 + 8 * place  # the lower half of it: both processors are little-endian


def _within(first: int, last: int, then: int) -> list[Step]:
    if first == last:
        return [(_EQUAL, 0, 1, first), (_RETURN, 0, 0, then)]
    return [(_AT_LEAST, 0, 2, first), (_AT_LEAST, 1, 0, last + 1), (_RETURN, 0, 0, then)]


def _runs(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers without a gap between them, as first and last."""
    row = sorted(values)
    ends = [-1, *(k for k, (a, b) in enumerate(pairwise(row)) if b > a + 1), len(row) - 1]
    for before, end in pairwise(ends):
        yield row[before + 1], row[end]
