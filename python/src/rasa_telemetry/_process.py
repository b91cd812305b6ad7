"""Starting, ending and collecting the binary's processes, without a trace in the host."""

from __future__ import annotations

import errno
import os
import sys

from ._log import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

# What the runtime reads by itself. Some of it writes files, some shows what only the binary should know.
_RUNTIME_PREFIXES = ("DENO_", "NODE_", "OTEL_", "RUST_", "V8_")
_RUNTIME_NAMES = ("FORCE_COLOR", "SSLKEYLOGFILE")
# What the system answers where a file is not a program that may be started here.
_UNUSABLE_ERRORS = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENOEXEC)
_SHELL = "/bin/sh"


def child_environment() -> Dict[str, str]:
    """The host's variables without the runtime's, and with a folder for temporary files in which nothing is planted."""
    while True:
        try:
            variables = dict(os.environ)
            break
        except RuntimeError:
            continue  # Another thread has just changed one.
    for name in list(variables):
        if name.startswith(_RUNTIME_PREFIXES) or name in _RUNTIME_NAMES:
            del variables[name]
    # The runtime looks for the program's own modules below this folder, and ends at once where it is no absolute path.
    # Nothing is ever written there.
    variables["TMPDIR"] = "/"
    return variables


def raise_unusable(error: OSError) -> None:
    """Throws `Unusable` where starting the binary again would end in the same way."""
    if error.errno in _UNUSABLE_ERRORS:
        raise Unusable("the binary can't be started (%s)" % error.strerror) from None


if sys.platform == "win32":

    class Process:
        """A child of this process."""

        def __init__(self, popen: Any) -> None:
            self._popen = popen

        def poll(self) -> Optional[int]:
            code: Optional[int] = self._popen.poll()
            return code

        def kill(self) -> None:
            if self._popen.poll() is None:
                self._popen.kill()

    def start(command: List[str], streams: Tuple[int, int, int], leaves: bool) -> Optional[Process]:
        """Starts a program. `leaves`: it may outlive this process, and nothing that ends the host ends it."""
        import subprocess

        class Quiet(subprocess.Popen):  # type: ignore[type-arg]  # Popen takes no parameter before Python 3.9
            """A process that may outlive this one, so that there is no cause to warn of it."""

            def __del__(self) -> None:
                pass

        # CREATE_NO_WINDOW, and CREATE_NEW_PROCESS_GROUP.
        flags = 0x0800_0000 | (0x0000_0200 if leaves else 0)
        stdin, stdout, stderr = streams
        return Process(
            Quiet(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                env=child_environment(),
                creationflags=flags,
                close_fds=True,
            )
        )

    def is_kept() -> bool:
        """Whether this process keeps its child and collects it, instead of leaving it to the system."""
        return True

    def may_end_container() -> bool:
        """Whether the end of this process may be the end of its container: it can't be told."""
        return True

    def kill(pid: int) -> None:
        """Ends a process that isn't this one's child: none here."""

else:
    if TYPE_CHECKING:
        import signal
    else:
        # Of its numbers `signal` makes enumerations, which takes a millisecond.
        import _signal as signal

    # Not those of `os`: gevent and eventlet replace them, some of them only after this module was loaded.
    import posix

    # Its standard error is put aside until here: what the shell itself has to say of a deleted folder is for nobody.
    # No core file, whatever becomes of it.
    _SETTING = "exec 2>&3 3>&-; ulimit -c 0; "
    # In place of the shell.
    _KEEP = 'exec "$0" "$@"'
    # A grandchild, whose number the shell says before it ends. What runs in the background has no input of its own.
    _LEAVE = 'exec 3<&0; "$0" "$@" <&3 3<&- & echo "$!"'

    class Process:
        """A child of this process."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self.code: Optional[int] = None

        def poll(self, wait: bool = False) -> Optional[int]:
            """The exit code, once it has ended. It is collected then, unless somebody else in the host has done so."""
            if self.code is None:
                try:
                    pid, status = posix.waitpid(self.pid, 0 if wait else os.WNOHANG)
                except ChildProcessError:
                    self.code = 0
                else:
                    if pid == self.pid:
                        self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            return self.code

        def kill(self) -> None:
            # The number of one that was collected may be somebody else's by now.
            if self.poll() is None:
                kill(self.pid)

    def start(command: List[str], streams: Tuple[int, int, int], leaves: bool) -> Optional[Process]:
        """Starts a program with these three files and no other. Throws `OSError` or `Unusable`.

        `leaves`: it may outlive this process, in a session out of reach of the terminal's signals. Then it is no child
        of this process, and says its number on its standard output first, unless `is_kept()`.
        """
        leaves_host = leaves and not is_kept()
        line = command
        if os.access(_SHELL, os.X_OK):
            line = [_SHELL, "-c", _SETTING + _folder() + (_LEAVE if leaves_host else _KEEP), *command]
        else:
            leaves_host = False
        try:
            process = Process(_spawn(line, streams, leaves))
        except OSError as error:
            raise_unusable(error)
            raise
        if not leaves_host:
            return process
        # It ends as soon as it has started the other.
        process.poll(wait=True)
        return None

    def _spawn(line: List[str], streams: Tuple[int, int, int], leaves: bool) -> int:
        """Takes the same time whatever the host's size, and sets signals right."""
        actions: List[Any] = [(os.POSIX_SPAWN_DUP2, number, target) for target, number in enumerate(streams)]
        actions += [(os.POSIX_SPAWN_CLOSE, number) for number in _inheritable_files()]
        if line[0] == _SHELL:
            actions += [(os.POSIX_SPAWN_DUP2, 2, 3), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
        # The thread that happens to start it may have blocked signals; Python itself ignores these two.
        signals: Dict[str, Any] = {"setsigmask": [], "setsigdef": [signal.SIGPIPE, signal.SIGXFSZ]}
        if leaves:
            try:
                return posix.posix_spawn(
                    line[0], line, child_environment(), file_actions=actions, setsid=True, **signals
                )
            except NotImplementedError:
                pass  # A system without it: macOS before 10.15.
        return posix.posix_spawn(line[0], line, child_environment(), file_actions=actions, **signals)

    def _folder() -> str:
        """Leaves a working folder that was deleted: no program starts in one."""
        try:
            os.getcwd()
        except OSError:
            return "cd /; "
        return ""

    def _inheritable_files() -> Iterator[int]:
        try:
            names = os.listdir("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
        except OSError:
            return  # No such folder. Only what the host has made inheritable is then inherited.
        for name in names:
            try:
                if int(name) > 2 and os.get_inheritable(int(name)):
                    yield int(name)
            except OSError:
                continue  # The listing's own, or closed meanwhile by another thread.

    def kill(pid: int) -> None:
        """Ends a process that isn't this one's child. The caller knows that it still runs."""
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass  # It has just ended.

    def is_kept() -> bool:
        """Whether this process keeps its child and collects it, instead of leaving it to process 1.

        Process 1 itself does: nobody else would. And so does one that was brought into a container whose process 1
        collects nothing: what is left to it would be there for ever.
        """
        if os.getpid() == 1:
            return True
        return sys.platform == "linux" and not _collects() and not _comes_from_first()

    def may_end_container() -> bool:
        """Whether the end of this process may be the end of its container, and of all that runs there.

        Not where an engine has put it beside the container's process 1, which goes on. How far below process 1 this one
        is says nothing: whatever is between them may end with it.
        """
        return _comes_from_first() or not _shares_mounts_with_first()

    def _shares_mounts_with_first() -> bool:
        """Whether process 1 is of this container. Containers that share their processes have mounts of their own."""
        try:
            with open("/proc/1/mountinfo") as first, open("/proc/self/mountinfo") as own:
                line = first.readline()
                # It begins with a number that no other mount of the system has.
                return line != "" and line == own.readline()
        except OSError:
            return False

    def _collects() -> bool:
        """Whether process 1 wants to know of processes that end: it catches, blocks or ignores the signal for that."""
        bit = 1 << (signal.SIGCHLD - 1)
        try:
            with open("/proc/1/status") as file:
                masks = [line.split() for line in file if line.startswith(("SigBlk:", "SigIgn:", "SigCgt:"))]
            return any(int(mask, 16) & bit for _, mask in masks)
        except (OSError, ValueError):
            return True  # It can't be told, so it is an ordinary system.

    def _comes_from_first() -> bool:
        """Whether process 1 is above this one. Where it isn't, an engine has started this one from outside."""
        pid = os.getpid()
        for _ in range(64):
            if pid <= 1:
                return pid == 1
            try:
                with open("/proc/%d/stat" % pid) as file:
                    pid = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                return True
        return True
