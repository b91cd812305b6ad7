"""Tries the hooks for errors that nobody catches, beside those of rich, Sentry and IPython, in Rasa Pro."""

from __future__ import annotations

import os
from typing import Any, Dict, List

from trial import ERROR, HERE, Trial, wait_until

TOOLS = ("python", "rich", "sentry", "ipython")
ORDERS = ("before", "after")
# What each of them prints of an error.
SIGNS = {"python": "Traceback (most", "rich": "─ Traceback", "sentry": "sentry has it", "ipython": "-" * 75}


def try_hooks(trial: Trial) -> None:
    """Each error is reported once, with where it was, and whoever saw it without us still does."""
    folder = os.path.join(trial.folder, "hooks")
    os.makedirs(folder)
    beside = os.pathsep.join([trial.environment["PYTHONPATH"], os.environ["HOST_BESIDE"]])
    variables = {"RASA_TELEMETRY_ENABLED": "true", "PYTHONPATH": beside}
    ended = trial.run(os.path.join(HERE, "hooks.py"), folder, **variables)
    is_well = ended.stdout.endswith("Rasa's own Sentry is started: False\n")
    trial.check("Rasa's own Sentry isn't started", is_well, (ended.stdout[-500:], ended.stderr[-1_500:]))
    for tool in TOOLS:
        for order in ORDERS:
            name = "%s %s" % (tool, order)
            said = read(os.path.join(folder, name))
            is_seen = "nowhere" in said and SIGNS[tool] in said
            trial.check("the hook of %s, set up %s ours, is called" % (tool, order), is_seen, said[-1_000:])
    said = read(os.path.join(folder, "interrupted"))
    trial.check("Ctrl-C ends as ever", "KeyboardInterrupt" in said, said)


def check_errors(trial: Trial) -> None:
    """Of each case but Ctrl-C two errors have arrived, that of a thread among them."""
    wanted = 2 * len(TOOLS) * len(ORDERS)
    wait_until(lambda: sum(report.get("event") == ERROR for report in trial.arrived) >= wanted, 30)
    found = trial.take_errors()
    trial.check("each error is reported once", len(found) == wanted, "%d of %d" % (len(found), wanted))
    wrong = [error for error in found if describe(error) != MISSING]
    trial.check("with its type, its stage and its frames", wrong == [], wrong)


def describe(error: Dict[str, Any]) -> List[Any]:
    frames = [(frame["module"], frame["function"]) for frame in error["frames"]]
    return [error["error_type"], error["stage"], frames]


MISSING = ["ModuleNotFoundError", "other", [("rasa.shared.utils.common", "class_from_module_path")]]


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""
