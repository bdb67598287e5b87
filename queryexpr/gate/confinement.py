"""
A process gives up for good what it does not need, so that a fault in it reaches nothing else.

Landlock closes files, TCP and other processes: their memory, environment and signals. seccomp
refuses system calls. Both are the kernel's, need no rights, and hold for all threads and children
that start afterwards. Where the kernel lacks one, the other still holds; `missing` names it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import landlockpy
import seccompy
from landlockpy import AccessFS, AccessNet, Ruleset, Scope
from seccompy import Action, Filter

_READ = AccessFS.READ_FILE | AccessFS.READ_DIR
_WRITE = (
    AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.TRUNCATE
    | AccessFS.MAKE_REG | AccessFS.REMOVE_FILE
)  # fmt: skip
_ON_FILES = AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.TRUNCATE
_FULL_ABI = 6  # of Landlock: TCP since 4, signals since 6
_PACKAGES = Path(__file__).parents[2]


def _folders() -> list[Path]:
    """Return where else packages are, but no folder with a checkout or with data."""
    folders = [Path(entry).resolve() for entry in sys.path if entry]
    named = filter(None, os.environ.get("PRIVATE_FOLDERS", "").split(os.pathsep))
    private = [_PACKAGES, Path.cwd(), *map(Path, named)]
    return [one for one in folders if not any(path.is_relative_to(one) for path in private)]


def _python() -> list[Path]:
    """Return what of Python's folders is code: an operator's files may be beside it."""
    roots = (Path(sys.prefix), Path(sys.base_prefix))
    return [root / name for root in roots for name in ("lib", "lib64", "pyvenv.cfg")]


# Python, shared libraries, and our packages, but not the folder that these are in.
CODE = (
    *_python(), *_folders(),
    *map(Path, ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")),
    *(_PACKAGES / name for name in ("core", "queryexpr", "workflow")),
)  # fmt: skip
# DuckDB looks there how much memory it may use, and crashes if it cannot open them.
LIMITS = tuple(map(Path, ("/proc/self/cgroup", "/sys/fs/cgroup", "/sys/devices/system/cpu")))
# What a process needs that only computes: its memory, open files, and Python's own code.
COMPUTING = (
    "read readv pread64 write writev lseek close fcntl dup dup3 ioctl openat access faccessat "
    "faccessat2 stat fstat lstat newfstatat statx readlink readlinkat getcwd getdents64 poll ppoll "
    "mmap munmap mprotect mremap madvise brk membarrier futex rseq set_robust_list "
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall gettid getpid getppid "
    "tgkill getuid geteuid getgid getegid getrandom uname sysinfo getrusage prlimit64 getrlimit "
    "clock_gettime clock_getres clock_nanosleep gettimeofday time times sched_yield "
    "sched_getaffinity getcpu exit exit_group"
).split()


@dataclass(frozen=True, slots=True)
class Reach:
    """The files and TCP ports that a process can still reach. A path need not exist."""

    read: Iterable[Path] = ()
    write: Iterable[Path] = ()
    ports: Iterable[int] = ()


def confine(reach: Reach, calls: Filter) -> None:
    """Give up all but `reach` and the system calls that `calls` allows, as far as the kernel can.

    Call it before a thread starts: those that run already are not confined.
    """
    has_landlock, has_seccomp = _landlock() > 0, _seccomp()  # asked first: it starts ldconfig
    if has_landlock:
        _restrict(reach)
    if has_seccomp:
        calls.load()


def only(names: Iterable[str]) -> Filter:
    """Return a filter that allows these system calls, and refuses others."""
    calls = Filter(int(Action.ERRNO) | errno.EPERM)
    for name in names:
        if _exists(name):
            calls.allow(name)
    return calls


def all_but(names: Iterable[str]) -> Filter:
    """Return a filter that refuses these system calls."""
    calls = Filter()
    for name in names:
        if _exists(name):
            calls.errno(name, errno.EPERM)
    return calls


def missing() -> list[str]:
    """Return what this kernel lacks to confine a process, as parts of a sentence."""
    version = _landlock()
    faults = []
    if not version:
        faults.append("no Landlock: such a process can read the portal's files and environment")
    elif version < _FULL_ABI:
        faults.append(f"version {version} of Landlock: it does not close TCP or signals")
    if not _seccomp():
        faults.append("no seccomp: such a process can connect, and start programs")
    return faults


def _restrict(reach: Reach) -> None:
    scoped = Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET
    with Ruleset(scoped=scoped) as rules:
        for paths, access in ((reach.read, _READ), (reach.write, _WRITE)):
            for path in filter(Path.exists, paths):
                rules.allow_path(path, access if path.is_dir() else access & _ON_FILES)
        for port in reach.ports:
            rules.allow_port(port, AccessNet.CONNECT_TCP)
        rules.restrict()


def _landlock() -> int:
    """Return the kernel's version of Landlock; 0 if there is none, or a container forbids it."""
    try:
        return landlockpy.abi_version()
    except OSError:
        return 0


def _seccomp() -> bool:
    try:
        return seccompy.supported() and _exists("read")  # false on other processors
    except OSError:
        return False


def _exists(name: str) -> bool:
    """Has this processor's kernel a system call of that name?"""
    try:
        seccompy.syscall_nr(name)
    except (ValueError, OSError):
        return False
    return True
