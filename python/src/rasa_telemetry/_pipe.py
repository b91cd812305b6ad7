"""Pipes whose ends in this process never block, and are checked before they are used."""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple

if sys.platform == "win32":
    import _winapi
    import ctypes
    import msvcrt
else:
    import fcntl

# What the child has not read yet. The usual 64 KiB are full before it has started.
PIPE_BYTES = 256 * 1024
_CHUNK_BYTES = 64 * 1024


class End:
    """An open file of this process. The host may close any number, and open something of its own under it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._identity = self._identify()

    def is_ours(self) -> bool:
        try:
            return self.number >= 0 and self._identify() == self._identity
        except OSError:
            return False

    def close(self) -> None:
        number, ours = self.number, self.is_ours()
        # First: a handler that forks now must find neither end twice.
        self.number = -1
        if ours:
            os.close(number)

    def write(self, data: bytes) -> int:
        """Writes as much as there is room for, and returns how much that was."""
        try:
            return _write(self.number, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            # What Windows says where a pipe is full.
            if error.errno == errno.ENOSPC:
                return 0
            raise

    def read(self) -> Optional[bytes]:
        """What there is to read, nothing where that is still to come, None at the end or where the host closed it."""
        if not self.is_ours():
            return None
        try:
            return _read(self.number)
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def _identify(self) -> Tuple[int, int, int]:
        status = os.fstat(self.number)
        return status.st_dev, status.st_ino, status.st_mode


if sys.platform == "win32":
    _write = os.write

    def _read(number: int) -> Optional[bytes]:
        # As `subprocess` does; an end with nobody at the other throws.
        waiting = int(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(number), 0)[0])
        return os.read(number, min(waiting, _CHUNK_BYTES)) if waiting else b""

    def make_pipe(into_child: bool) -> Tuple[End, End]:
        """The reading end and the writing end. This process has the writing end of one that goes into a child."""
        handles = _winapi.CreatePipe(None, PIPE_BYTES)
        reader, writer = (End(msvcrt.open_osfhandle(handle, 0)) for handle in handles)
        mode = ctypes.c_ulong(1)  # PIPE_NOWAIT
        if into_child and not ctypes.windll.kernel32.SetNamedPipeHandleState(
            ctypes.c_void_p(handles[1]), ctypes.byref(mode), None, None
        ):
            raise OSError(errno.ENOSYS, "there is no pipe that doesn't block")
        return reader, writer

    def take_back(reader: End) -> bytes:
        """Nothing: to look at a pipe that somebody waits for would wait, too."""
        return b""

else:
    # Not those of `os`, which gevent and eventlet replace by some that let others run in between.
    from posix import pipe as _pipe, read as _read_some, write as _write

    def _read(number: int) -> Optional[bytes]:
        return _read_some(number, _CHUNK_BYTES) or None

    def make_pipe(into_child: bool) -> Tuple[End, End]:
        """The reading end and the writing end. This process has the writing end of one that goes into a child."""
        reader, writer = (_above_standard(number) for number in _pipe())
        os.set_blocking(writer if into_child else reader, False)
        if into_child and sys.platform == "linux":
            try:
                fcntl.fcntl(writer, 1031, PIPE_BYTES)  # F_SETPIPE_SZ, which has a name from Python 3.10 on.
            except OSError:
                pass  # The system is short of such memory: then the usual size has to do.
        return End(reader), End(writer)

    def take_back(reader: End) -> bytes:
        """What nobody has read of a pipe that is used no more."""
        taken = b""
        if reader.is_ours():
            # The child that has this end too is about to end; until then it waits a little longer for what never comes.
            os.set_blocking(reader.number, False)
            while True:
                data = reader.read()
                if not data:
                    break
                taken += data
        return taken

    def _above_standard(number: int) -> int:
        """A host without standard streams must not take the pipe for one of them."""
        if number > 2:
            return number
        moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
        os.close(number)
        return moved
