"""What the process that touches a source can still reach: the source, and nothing of the portal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from queryexpr.gate.confinement import CODE, LIMITS, Reach, all_but, confine
from workflow.sources.engines import ENGINES
from workflow.sources.job import Job

_OTHERS = (
    "execve execveat fork vfork ptrace process_vm_readv process_vm_writev pidfd_getfd kill tkill "
    "io_uring_setup listen accept accept4 mount unshare setns bpf userfaultfd"
).split()
# Sorting may need a file. SQLite takes the first of these that exists.
_TEMPORARY = (Path("/var/tmp"), Path("/usr/tmp"), Path("/tmp"))  # noqa: S108 — SQLite's own list
# What drivers, the resolver, TLS and Kerberos read.
_SYSTEM = [
    *map(Path, ("/usr", "/lib", "/lib64", "/dev/null", "/dev/urandom")),
    *(Path("/etc") / name for name in (
        "hosts", "resolv.conf", "nsswitch.conf", "host.conf", "gai.conf", "services", "protocols",
        "passwd", "group", "localtime", "ld.so.cache", "ssl", "pki", "ca-certificates",
        "crypto-policies", "krb5.conf", "krb5.conf.d", "krb5.keytab",
    )),
]  # fmt: skip
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")  # of a place
_DNS = 53
_WAL_VERSION = b"\x02\x02"  # bytes 18 and 19 of a file in that mode


def confine_to(job: Job) -> None:
    """Give up everything but the job's source. Call it before a thread starts."""
    port = ENGINES[job.dialect].port
    if port:
        confine(_server(job.place, port), all_but(_OTHERS))
    else:
        confine(_file(Path(job.place["path"])), all_but([*_OTHERS, "socket", "socketpair"]))


def _file(path: Path) -> Reach:
    temporary = [folder for folder in _TEMPORARY if folder.is_dir()][:1]
    return Reach(read=[*CODE, *_SYSTEM, *LIMITS, path], write=[*temporary, *_beside(path)])


def _beside(path: Path) -> list[Path]:
    """Return what a reader of a file in WAL mode writes: it notes there what it is reading."""
    try:
        with path.open("rb") as file:
            wal = os.pread(file.fileno(), 2, 18) == _WAL_VERSION
    except OSError:
        return []
    files = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    if not wal or all(map(Path.exists, files)):
        return files
    return [path.resolve().parent]  # the reader creates them


def _server(place: Mapping[str, str], port: int) -> Reach:
    return Reach(read=[*CODE, *_SYSTEM, *_own(place)], ports=[_DNS, *_ports(place, port)])


def _own(place: Mapping[str, str]) -> Iterator[Path]:
    """Return the certificates and tickets of this account, and those that the URL names."""
    yield from (Path(place[name]) for name in _FILES if name in place)
    yield Path(f"/tmp/krb5cc_{os.getuid()}")  # noqa: S108 — where Kerberos has it
    try:
        yield from (Path.home() / name for name in (".postgresql", ".pgpass"))
    except RuntimeError:  # an account without a home
        return


def _ports(place: Mapping[str, str], usual: int) -> list[int]:
    written = str(place.get("port", "")).split(",")
    return [int(port) if port.isdigit() else usual for port in written]
