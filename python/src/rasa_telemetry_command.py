"""The command `rasa-telemetry` of the wheel: starts the binary that was installed with it, and nothing else.

It never looks on the PATH, where it would find itself. It is a module of its own, beside the package, because importing
the package takes longer than this command may.
"""

from __future__ import annotations

# Nothing that takes long: `typing` would be 3 ms.
import errno
import os
import signal
import sys

# What shells end with where a program is there and can't be started, and where it is missing.
_NOT_STARTED = 126
_NOT_FOUND = 127
# Not each system has all of them.
_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFZ", "SIGXFSZ")


def main() -> int:
    """Runs the binary with this process's arguments. Returns its exit code, or what a shell says if it can't start."""
    name = "rasa-telemetry.exe" if os.name == "nt" else "rasa-telemetry"
    binary = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rasa_telemetry", name)
    try:
        if os.name == "nt":
            return _run(binary)
        # In this process's place: signals reach the binary, and how it ends is how this process ends.
        _restore_signals()
        os.execv(binary, [binary, *sys.argv[1:]])
    except OSError as error:
        print(f"Cannot start {binary}: {_explain(binary, error)}", file=sys.stderr)
        return _NOT_FOUND if error.errno == errno.ENOENT else _NOT_STARTED


def _restore_signals() -> None:
    """Gives back what Python ignores. A program that is started expects its usual end from these signals."""
    for name in _IGNORED_BY_PYTHON:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)


def _run(binary: str) -> int:
    """Runs the binary as a child: on Windows a process can't become another one.

    Ctrl-C and Ctrl-Break reach both. The binary decides what they mean, and this process waits for its end.
    """
    import subprocess

    for name in ("SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            # A function and not SIG_IGN, which the child would inherit.
            signal.signal(number, lambda *_: None)
    code = subprocess.call([binary, *sys.argv[1:]])
    # The exit codes of crashes, and of Ctrl-C, use the highest bit, which sys.exit takes for too large a number.
    return code - (1 << 32) if code >= 1 << 31 else code


def _explain(binary: str, error: OSError) -> str:
    """Why the binary can't be started, and the way out."""
    again = "install it again: pip install --force-reinstall rasa-telemetry"
    try:
        status = os.stat(binary)
    except OSError:
        return f"it is missing ({error.strerror}); {again}"
    if error.errno == errno.ENOENT:
        return "this system lacks the loader that it needs: glibc 2.27 or newer on Linux, and not musl"
    if error.errno == errno.ENOEXEC:
        return f"it isn't a program for this system; {again}"
    if error.errno == errno.EACCES and not status.st_mode & 0o111:
        return f"its executable bit is lost; give it back: chmod +x {binary}"
    if error.errno == errno.EACCES and _forbids_programs(binary):
        return "its file system is mounted with noexec; install it elsewhere, or mount that without noexec"
    return str(error.strerror)


def _forbids_programs(path: str) -> bool:
    """Whether no program may be started from the file system of a path. Only Linux tells."""
    return sys.platform == "linux" and bool(os.statvfs(path).f_flag & os.ST_NOEXEC)


if __name__ == "__main__":
    sys.exit(main())
