"""The place where something is kept, as the binary tells it (lib/consent/place.ts, decision 28)."""

from __future__ import annotations

import os
import stat
import sys

from . import _facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
    from typing import Optional
else:
    # As `random` does: `hashlib` loads OpenSSL, which takes milliseconds.
    try:
        if sys.version_info >= (3, 12):
            from _sha2 import sha256
        else:
            from _sha256 import sha256
    except ImportError:
        from hashlib import sha256

_MAX_BYTES = 4096
_MACHINE_ID_FILE = "/etc/machine-id"
_HOSTNAME_FILE = "/etc/hostname"


class Place:
    """A machine or a container. Of either, what isn't known is None."""

    def __init__(self, in_container: bool, hash: Optional[str], own: Optional[bool]) -> None:
        self.in_container = in_container
        self.hash = hash
        self.own = own

    @property
    def key(self) -> Optional[str]:
        """A text for a file's name; None where the place isn't even the same as itself."""
        if not self.in_container:
            return "machine" if self.hash is None else "machine-" + self.hash
        if self.own is None or (self.own and self.hash is None):
            return None
        return "container-%s" % self.hash if self.own else "volume"


def read_place(folder: str) -> Place:
    """The place of this process, whose things are kept in this folder. Throws nothing."""
    root = _device("/")
    home = _device_of_folder(folder)
    own = None if root is None or home is None else root == home
    if in_container():
        return Place(True, _hash_of_hostname(root), own)
    # A home from another device may come from another machine each time: it is compared with nothing.
    comparable = own is True and sys.platform == "linux"
    return Place(False, _hash_of_machine_id() if comparable else None, None)


def in_container() -> bool:
    """Whether an engine says so."""
    return any(os.environ.get(name) for name in _facts.CONTAINER_VARIABLES) or any(
        os.path.lexists(path) for path in _facts.CONTAINER_MARKERS
    )


def hash_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return sha256(content).hexdigest()


def _device(path: str) -> Optional[int]:
    try:
        return os.stat(path).st_dev
    except OSError:
        return None


def _device_of_folder(path: str) -> Optional[int]:
    """The device of a folder, or of the deepest folder above it that exists."""
    while True:
        try:
            found = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            above = os.path.dirname(path)
            if above == path:
                return None
            path = above
        except OSError:
            return None
        else:
            return found.st_dev if stat.S_ISDIR(found.st_mode) else None


def _hash_of_machine_id() -> Optional[str]:
    content = _read(_MACHINE_ID_FILE)
    content = b"" if content is None else content.strip(b" \t\n\v\f\r")
    if content in (b"", b"uninitialized"):
        return None
    return hash_of(b"rasa-telemetry machine\n" + content)


def _hash_of_hostname(root: Optional[int]) -> Optional[str]:
    try:
        found = os.stat(_HOSTNAME_FILE)
    except OSError:
        return None
    content = _read(_HOSTNAME_FILE)
    if content is None or root is None:
        return None
    times = ["-", "-"]
    if found.st_dev == root:
        times = [str(found.st_ctime_ns // 10**9), str(found.st_mtime_ns // 10**6)]
    # The binary has numbers of files as doubles.
    parts = [str(int(float(found.st_ino))), str(found.st_dev), *times]
    text = "rasa-telemetry container\n%s\n" % " ".join(parts)
    return hash_of(text.encode("ascii") + content)


def _read(path: str) -> Optional[bytes]:
    try:
        # A pipe in its place must not be waited for.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return None
        content = os.read(number, _MAX_BYTES + 1)
        return content if len(content) <= _MAX_BYTES else None
    except OSError:
        return None
    finally:
        os.close(number)
