"""Errors of Rasa as events: those that end it, those that end a thread, and those that end a training.

Error Encountered has the error's type and where in Rasa's own package it happened. What has no frame there isn't
Rasa's: a program that has attached us may fail by itself.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import sys
import threading
from types import TracebackType
from typing import Any, Callable, Iterator, Optional, Type

from . import _mark_reported, track_error
from ._log import LOG

# What Rasa was doing, by the command that it was started with.
_STAGES = {
    "train": "training",
    "test": "testing",
    "evaluate": "testing",
    "run": "serving",
    "shell": "serving",
    "interactive": "serving",
    "inspect": "serving",
    "data": "data",
    "export": "data",
}
# What Rasa puts around an error of any of its components. It says nothing of its own.
_WRAPPERS = ("GraphComponentException",)

_lock = threading.Lock()
_is_installed = False


def install_hooks() -> None:
    """Sees the errors that nobody catches, once a process. Whoever saw them before still does."""
    global _is_installed
    with _lock:
        if _is_installed:
            return
        _is_installed = True
        sys.excepthook = _report_before(sys.excepthook)
        threading.excepthook = _report_thread_before(threading.excepthook)
        # Before the recorder's own end, which was registered earlier.
        atexit.register(_report_last)


def report(error: Optional[BaseException], stage: Optional[str] = None) -> None:
    """Reports an error of Rasa, once. Neither Ctrl-C nor an end on purpose is one."""
    try:
        while type(error).__name__ in _WRAPPERS and error is not None and isinstance(error.__cause__, Exception):
            _mark_reported(error)
            error = error.__cause__
        if isinstance(error, Exception) and _is_of_rasa(error):
            track_error(error, stage or _stage())
    except Exception as fault:
        LOG.debug("Dropped an event: %s", type(fault).__name__)


def watch_training(original: Callable[..., Any]) -> Callable[..., Any]:
    """Rasa's context manager around a training, which also reports the error that ends it.

    Rasa's own `main` catches all errors and ends on purpose, so that no hook would see them.
    """

    @functools.wraps(original)
    @contextlib.contextmanager
    def watched(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with original(*args, **kwargs) as tracker:
            try:
                yield tracker
            except Exception as error:
                report(error, "training")
                raise

    return watched


def _report_before(before: Callable[..., Any]) -> Callable[..., Any]:
    def hook(kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> Any:
        try:
            report(error)
        finally:
            before(kind, error, trace)

    return hook


def _report_thread_before(before: Callable[..., Any]) -> Callable[..., Any]:
    def hook(arguments: Any) -> Any:
        try:
            report(arguments.exc_value)
        finally:
            before(arguments)

    return hook


def _report_last() -> None:
    """Reports the error that ended this process where a hook that came later, as rich's, has called none before it.

    Python keeps the error before it calls the hook. In an interactive session it is the last one that was shown.
    """
    report(getattr(sys, "last_value", None))


def _is_of_rasa(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None:
        if (str(trace.tb_frame.f_globals.get("__name__", "")) + ".").startswith("rasa."):
            return True
        trace = trace.tb_next
    return False


def _stage() -> str:
    words = (str(word) for word in (getattr(sys, "argv", None) or [])[1:])
    return _STAGES.get(next((word for word in words if not word.startswith("-")), ""), "other")
