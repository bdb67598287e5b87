"""
Makes a virtual environment from hash-locked requirements. Needs only Python.

    python3 scripts/install.py .venv requirements.txt [more.txt …]

Does nothing if exactly these requirements are installed already. Each failure is one sentence;
pip's output is in <environment>/install.log.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

MIN_PYTHON = (3, 11)
NO_INDEX = "the package index cannot be reached. Is there a network?"
REASONS = {
    "No space left on device": "the disk is full. Make room and run it again.",
    "THESE PACKAGES DO NOT MATCH THE HASHES": "a package is not the one that was locked. Stop "
    "here, and report it to the project's maintainers.",
    "Temporary failure in name resolution": NO_INDEX,
    "Failed to establish a new connection": NO_INDEX,
    "Name or service not known": NO_INDEX,
    "Network is unreachable": NO_INDEX,
    "Connection refused": NO_INDEX,
    "timed out": "the package index does not answer in time. Try again.",
    "No matching distribution found": "a package is not available for this Python and machine.",
    "Permission denied": "this folder is not writable.",
}


def main(environment: Path, locks: list[Path]) -> None:
    if sys.version_info < MIN_PYTHON:
        sys.exit(
            f"Python {'.'.join(map(str, MIN_PYTHON))} or newer is needed; this is "
            f"{sys.version.split()[0]}."
            " Choose one: make run PYTHON=python3.12"
        )
    missing = [lock for lock in locks if not is_installed(environment, lock)]
    if not missing:
        return
    python = make_environment(environment)
    for lock in missing:
        count = sum("==" in line for line in lock.read_text().splitlines())
        amount = f"{count} packages" if count > 1 else "a package"
        print(f"· Installing {amount} of {lock.name} into {environment}, once", flush=True)
        install(python, lock, environment / "install.log")
        stamp(environment, lock).write_text(digest(lock))


def is_installed(environment: Path, lock: Path) -> bool:
    file = stamp(environment, lock)
    return file.is_file() and file.read_text() == digest(lock)


def stamp(environment: Path, lock: Path) -> Path:
    return environment / f"{lock.stem}.installed"


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def make_environment(environment: Path) -> Path:
    """Return the environment's Python; make the environment if it is missing or incomplete."""
    python = environment / "bin" / "python"
    if works(python):
        return python
    shutil.rmtree(environment, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(environment)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        output = done.stdout + done.stderr
        if "ensurepip" in output:
            sys.exit("Python's venv module is not complete. On Debian: apt install python3-venv")
        sys.exit(f"The environment cannot be made: {reason(output)}")
    return python


def works(python: Path) -> bool:
    try:
        check = [str(python), "-m", "pip", "--version"]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(python: Path, lock: Path, log: Path) -> None:
    """Install exactly what `lock` names, showing one line of progress."""
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--require-hashes",
        "--disable-pip-version-check",
        "--retries",
        "2",
        "--progress-bar",
        "off",
        "-r",
        str(lock),
    ]
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            if line.startswith("Collecting ") and sys.stdout.isatty():
                print(f"\r\033[K  {line.split()[1].split('==')[0]}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
    if process.wait():
        sys.exit(f"{lock.name} cannot be installed: {reason(log.read_text())} More in {log}.")


def reason(output: str) -> str:
    """Return why it failed, in a sentence."""
    why = next((why for words, why in REASONS.items() if words in output), None)
    return why or (output.strip().splitlines() or ["it failed."])[-1]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    except OSError as error:
        sys.exit(f"Installing failed: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run it again to continue.")
