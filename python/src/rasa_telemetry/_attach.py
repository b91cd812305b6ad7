"""Puts this package into an installed Rasa: into the seam of `rasa.telemetry` where its events end.

All or nothing: where a release has another seam, or reaches the network by a way that isn't known here, Rasa stays as
it is and this package reports nothing, so that no event goes two ways.
"""

from __future__ import annotations

import inspect
import os
import sys
import threading
from types import ModuleType
from typing import Any, Callable, List, Optional, Tuple

from ._errors import watch_training
from ._log import LOG
from ._network import find_ways
from ._recorder import forbid
from ._seam import REPLACEMENTS, REQUIRED

# Context managers around a training.
_TRAININGS = ("track_model_training", "track_mantle_model_training")

_lock = threading.RLock()
# Rasa's own functions, and what has taken their place. A module that was being loaded meanwhile may still have them.
_replaced: List[Tuple[Any, Callable[..., Any]]] = []
_has_warned = False


def attach(telemetry: ModuleType) -> bool:
    """Does what `rasa_telemetry.attach` says."""
    with _lock:
        found = vars(telemetry) if isinstance(telemetry, ModuleType) else {}
        if found.get("_track") is not REPLACEMENTS["_track"]:
            problem = _why_not(telemetry)
            if problem is not None:
                _warn(problem)
                return False
            _replace(telemetry)
        _rebind()
        return True


def _why_not(telemetry: ModuleType) -> Optional[str]:
    """Why a module is none that we fit into; None where it is one."""
    if not isinstance(telemetry, ModuleType):
        return "that is not a module"
    for name, wanted in REQUIRED.items():
        function = getattr(telemetry, name, None)
        if not callable(function):
            return "it has no %s" % name
        if _parameters(function)[: len(wanted)] != wanted:
            return "%s is called in another way" % name
    ways = find_ways(telemetry, REPLACEMENTS)
    return "it reaches the network by %s" % ", ".join(ways) if ways else None


def _parameters(function: Callable[..., Any]) -> Tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (ValueError, TypeError):
        return ()


def _replace(telemetry: ModuleType) -> None:
    for name, ours in REPLACEMENTS.items():
        if name in vars(telemetry):
            _replaced.append((vars(telemetry)[name], ours))
            setattr(telemetry, name, ours)
    for name in _TRAININGS:
        original = vars(telemetry).get(name)
        if original is not None and inspect.isgeneratorfunction(inspect.unwrap(original)):
            ours = watch_training(original)
            _replaced.append((original, ours))
            setattr(telemetry, name, ours)


def _rebind() -> None:
    """Replaces Rasa's functions in the modules that had taken them by name."""
    by_id = {id(original): ours for original, ours in _replaced}
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and (name + ".").startswith("rasa."):
            for attribute, value in list(vars(module).items()):
                ours = by_id.get(id(value))
                if ours is not None:
                    setattr(module, attribute, ours)


def _warn(problem: str) -> None:
    """Switches this package off, and says so once."""
    global _has_warned
    forbid("it isn't attached to Rasa")
    if not _has_warned:
        _has_warned = True
        version = getattr(sys.modules.get("rasa"), "__version__", None)
        which = "Rasa %s" % version if isinstance(version, str) else "this Rasa"
        LOG.warning("Not attached to %s: %s. This package reports nothing, and Rasa is left as it is", which, problem)


def _after_fork_in_child() -> None:
    """Another thread of the parent may have held the lock."""
    global _lock
    _lock = threading.RLock()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork_in_child)
