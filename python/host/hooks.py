"""Errors of Rasa that nobody catches, in processes in which other programs have hooks of their own, for try_hooks.py.

    hooks.py FOLDER     where each case leaves what it has printed

Rasa is loaded once. Each case is a fork, which ends as a program with such an error does.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Callable, Dict

import rasa.shared.utils.common as common
import rasa.telemetry as telemetry

import rasa_telemetry

rasa_telemetry.attach(telemetry)


def use_rich() -> None:
    import rich.traceback

    rich.traceback.install()


def use_sentry() -> None:
    """Sentry as a user may have it, with a client of the user's own that goes nowhere."""
    import sentry_sdk

    def keep(event: object, *_: object) -> None:
        print("sentry has it", file=sys.stderr)

    sentry_sdk.init(dsn="http://key@127.0.0.1:1/1", before_send=keep, auto_enabling_integrations=False)


def use_ipython() -> None:
    from IPython.core.ultratb import FormattedTB

    sys.excepthook = FormattedTB(mode="Verbose", color_scheme="NoColor")


def use_none() -> None:
    """Python's own."""


TOOLS: Dict[str, Callable[[], None]] = {
    "python": use_none,
    "rich": use_rich,
    "sentry": use_sentry,
    "ipython": use_ipython,
}


class Interrupting(str):
    """What lets Rasa's own code be interrupted, as by Ctrl-C."""

    def rpartition(self, *_: object) -> object:  # type: ignore[override]
        raise KeyboardInterrupt


def start(tool: str, order: str) -> None:
    steps = [TOOLS[tool], telemetry.initialize_error_reporting]
    for step in steps if order == "before" else reversed(steps):
        step()


def fail(tool: str, order: str) -> None:
    """Ends the process with an error of Rasa's own. Two threads end with one too."""
    start(tool, order)
    thread = threading.Thread(target=common.class_from_module_path, args=("nowhere.Thread",))
    thread.start()
    thread.join()
    common.class_from_module_path("nowhere.Main")


def interrupt() -> None:
    start("python", "before")
    common.class_from_module_path(Interrupting("nowhere.Main"))


def is_sentry_started() -> bool:
    """Whether Rasa's own Sentry is: nobody but Rasa has asked for it."""
    telemetry.initialize_error_reporting()
    found = sys.modules.get("sentry_sdk")
    return found is not None and found.Hub.current.client is not None


def main(folder: str) -> None:
    cases = {"%s %s" % (tool, order): (tool, order) for tool in TOOLS for order in ("before", "after")}
    children = []
    for name, case in {**cases, "interrupted": None}.items():
        child = os.fork()
        if child != 0:
            children.append(child)
        else:
            output = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT)
            os.dup2(output, 1)
            os.dup2(output, 2)
            return interrupt() if case is None else fail(*case)
    for child in children:
        os.waitpid(child, 0)
    print("Rasa's own Sentry is started: %s" % is_sentry_started())


if __name__ == "__main__":
    main(sys.argv[1])
