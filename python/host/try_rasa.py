"""Tries the package in an unmodified Rasa 3.6.21, as a user meets it: from the first command to `telemetry disable`.

    try_rasa.py PORT     the endpoint of the installed package's binary is http://127.0.0.1:PORT

The last line says how many checks have passed and failed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from trial import ERROR, Trial, wait_until
from try_workers import try_workers

# A pipeline that is trained in seconds. The name is one that must not leave.
CONFIG = """
recipe: default.v1
assistant_id: garden-helper
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
    min_ngram: 1
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
"""
# scikit-learn has no such solver.
FAILING = """  - name: LogisticRegressionClassifier
    solver: nothing
"""
# Rasa starts more than one worker only where something else than its own memory locks conversations.
LOCKS = """
import os
import rasa.telemetry
from rasa.core.lock_store import InMemoryLockStore
class Locks(InMemoryLockStore):
    def __init__(self, endpoint_config=None):
        super().__init__()
        with open(os.environ["HOST_WORKERS"], "a") as file:
            file.write("%d %s\\n" % (os.getpid(), rasa.telemetry.is_telemetry_enabled.__module__))
"""
WORKERS = 2


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trial = Trial(folder, int(sys.argv[1]))
        make_project(trial.project)
        try:
            first_run(trial)
            at_work(trial)
            after_a_no(trial)
            trial.check("Rasa asks nobody else", trial.asked() == [], trial.asked())
        finally:
            trial.close()
    print("%d passed, %d failed" % (trial.passed, trial.failed))
    return 1 if trial.failed else 0


def make_project(project: str) -> None:
    """A new project, as `rasa init` copies it, without the training that it begins with."""
    import importlib.util

    found = importlib.util.find_spec("rasa")
    assert found is not None and found.origin is not None
    template = os.path.join(os.path.dirname(found.origin), "cli", "initial_project")
    shutil.copytree(template, project, dirs_exist_ok=True)
    for name, text in {
        "config.yml": CONFIG,
        "locks.py": LOCKS,
        "endpoints.yml": "lock_store:\n  type: locks.Locks\n",
        "credentials.yml": "rest:\n",
    }.items():
        with open(os.path.join(project, name), "w") as file:
            file.write(text)


def first_run(trial: Trial) -> None:
    # Without us Rasa writes a configuration by itself.
    alone = {"HOME": trial.folder, "RASA_TELEMETRY_ENABLED": "false"}
    with ThreadPoolExecutor(2) as pool:
        without = pool.submit(trial.rasa, "data", "validate", attached=False, **alone)
        ended = trial.rasa("data", "validate")
    wanted = without.result().stdout
    trial.check("data validate ends well", ended.returncode == 0, ended.stderr[-500:])
    is_told = "rasa telemetry disable" in ended.stderr or "rasa-telemetry disable" in ended.stderr
    trial.check("the first run shows the notice on standard error", is_told, ended.stderr[-500:])
    trial.check("its standard output is Rasa's alone", ended.stdout == wanted, (ended.stdout, wanted))
    again = trial.rasa("telemetry")
    trial.check("rasa telemetry says that it is on", "currently enabled" in again.stdout, again.stdout)
    trial.check("nothing leaves before the user had time to say no", trial.arrived == [], trial.arrived)


def at_work(trial: Trial) -> None:
    ended = trial.rasa("telemetry", "enable")
    is_done = (ended.returncode, ended.stderr) == (0, "") and "Enabled" in ended.stdout
    trial.check("rasa telemetry enable", is_done, (ended.stdout, ended.stderr))
    trial.beside(
        lambda: command(trial, "train", "nlu"),
        lambda: command(trial, "data", "split", "nlu"),
        lambda: try_workers(trial),
        lambda: refuse(trial),
    )
    # These need the model, or the cache of the training.
    trial.beside(
        lambda: command(trial, "test", "nlu", "--nlu", "data/nlu.yml", "--no-plot"),
        lambda: serve(trial),
        lambda: fail(trial),
    )
    trial.compare(trial.given())


def command(trial: Trial, *arguments: str) -> None:
    ended = trial.rasa(*arguments)
    trial.check("rasa " + " ".join(arguments[:2]), ended.returncode == 0, ended.stderr[-500:])


def serve(trial: Trial) -> None:
    port = free_port()
    workers = os.path.join(trial.folder, "workers")
    variables = {**trial.environment, "SANIC_WORKERS": str(WORKERS), "HOST_WORKERS": workers}
    command = [sys.executable, "-m", "rasa_telemetry.rasa", "run", "--port", str(port), "-i", "127.0.0.1"]
    with open(os.path.join(trial.folder, "output"), "w+") as output:
        server = subprocess.Popen(command, cwd=trial.project, env=variables, stdout=output, stderr=output)
        try:
            is_up = wait_until(lambda: len(read_workers(workers)) >= WORKERS and talks(port), 150)
            output.seek(0)
            trial.check("rasa run answers with %d workers" % WORKERS, is_up, output.read()[-1_000:])
            # Right after its start sanic may never end, with telemetry or without.
            time.sleep(3)
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
    found = read_workers(workers)
    others = [module for pid, module in found if pid != str(server.pid)]
    is_attached = len(others) >= WORKERS and set(others) == {"rasa_telemetry._seam"}
    trial.check("each worker is attached", is_attached, found)


def read_workers(path: str) -> "list[list[str]]":
    try:
        with open(path) as file:
            return [line.split() for line in file]
    except FileNotFoundError:
        return []


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def talks(port: int) -> bool:
    message = json.dumps({"sender": "someone", "message": "hello"}).encode()
    request = urllib.request.Request("http://127.0.0.1:%d/webhooks/rest/webhook" % port, message)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def after_a_no(trial: Trial) -> None:
    ended = trial.rasa("telemetry", "disable")
    is_done = (ended.returncode, ended.stderr) == (0, "") and "Disabled" in ended.stdout
    trial.check("rasa telemetry disable", is_done, (ended.stdout, ended.stderr))
    del trial.arrived[:]
    before = len(trial.given())
    trial.rasa("data", "split", "nlu")
    trial.wait_for(0)
    trial.check(
        "after it nothing is gathered, and nothing leaves", trial.arrived == [] and len(trial.given()) == before
    )


def refuse(trial: Trial) -> None:
    """A choice that can't be stored, or that the licence forbids: Rasa doesn't say that it was made."""
    # The home is a file.
    broken = os.path.join(trial.folder, "file")
    with open(broken, "w"):
        pass
    licence = os.environ["HOST_LICENCE"]
    own = os.path.join(trial.folder, "licensed")
    for why, code, word, variables in (
        ("can't be stored", 2, "Cannot change", {"HOME": broken}),
        ("the licence forbids", 3, "licen", {"HOME": own, "RASA_LICENSE": licence}),
    ):
        ended = trial.rasa("telemetry", "disable", **variables)
        is_told = ended.returncode == code and word in ended.stderr and "isabled" not in ended.stdout
        found = (ended.returncode, ended.stdout, ended.stderr)
        trial.check("a no that %s ends rasa telemetry disable with %d" % (why, code), is_told, found)


def fail(trial: Trial) -> None:
    """A training that fails is reported with its error, and ends as without us."""
    with open(os.path.join(trial.project, "failing.yml"), "w") as file:
        file.write(CONFIG.replace("  - name: LogisticRegressionClassifier\n", FAILING))
    ended = trial.rasa("train", "nlu", "--config", "failing.yml")
    wait_until(lambda: any(report.get("event") == ERROR for report in trial.arrived), 30)
    errors = trial.take_errors()
    trial.check("a training that fails ends with its error", ended.returncode == 1, ended.stderr[-500:])
    found = [(error["error_type"], error["stage"], error["frames"][0]["module"]) for error in errors]
    module = "rasa.nlu.classifiers.logistic_regression_classifier"
    trial.check("it is reported with it, once", found == [("ValueError", "training", module)], errors)


if __name__ == "__main__":
    sys.exit(main())
