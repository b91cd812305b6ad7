"""Whether a test runner runs this process: tests are no use of the product, and nobody reads what they write."""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Optional

# Set by pytest and its plugin xdist for what they run, and for the programs that tests start.
_VARIABLES = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_WORKER")
# Modules that have a frame of their own below each test. To be loaded says nothing.
_MODULES = frozenset(("unittest.case", "unittest.main", "unittest.runner", "unittest.suite"))


def runs_tests() -> bool:
    """Looks at the variables, the program's name, and the calls of this thread and the main one."""
    if any(name in os.environ for name in _VARIABLES):
        return True
    program = sys.argv[0] if getattr(sys, "argv", None) else ""
    folder, name = os.path.split(program)
    if os.path.splitext(name)[0] in ("pytest", "py.test") or os.path.basename(folder) == "pytest":
        return True
    main = sys._current_frames().get(threading.main_thread().ident or 0)
    return any(
        module in _MODULES or module.startswith("_pytest.")
        for frame in (sys._getframe(), main)
        for module in _modules(frame)
    )


def _modules(frame: Optional[FrameType]) -> Iterator[str]:
    while frame is not None:
        yield str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
