"""What the trials of Rasa share: a server that keeps what arrives, a home and a project of their own, and counts."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List

from reduced import explain

# The event that this package makes by itself.
ERROR = "Error Encountered"
HERE = os.path.dirname(os.path.abspath(__file__))


class Trial:
    """One home, one project, one server. `check` counts."""

    def __init__(self, folder: str, port: int) -> None:
        # Whoever ends a trial that hangs ends what it has started too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.folder = folder
        self.home = os.path.join(folder, "home")
        self.project = os.path.join(folder, "project")
        self.record = os.path.join(folder, "record")
        os.makedirs(self.home)
        os.makedirs(self.project)
        self.passed = self.failed = 0
        self.arrived: List[Dict[str, Any]] = []
        # What was recorded in other files than the trial's own.
        self.others: List[Dict[str, Any]] = []
        self.environment = {**_clean(os.environ), "HOME": self.home, "HOST_RECORD": self.record}
        self.environment["PYTHONPATH"] = os.path.join(HERE, "recorder")
        # The warnings are those of Rasa's own libraries.
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
        # Otherwise it looks for its list of models on the network when it is loaded.
        self.environment.update(quiet, LITELLM_LOCAL_MODEL_COST_MAP="True")
        self.since = time.monotonic()
        shown = self.run("-m", "rasa_telemetry_command", "events", "--json")
        self.schemas: Dict[str, Any] = json.loads(shown.stdout)
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def check(self, name: str, is_met: bool, why: Any = "", quiet: bool = False) -> None:
        self.passed += is_met
        self.failed += not is_met
        if quiet and is_met:
            return
        said = "ok" if is_met else "FAILED %s" % (why,)
        print("host: %5.1f s %s: %s" % (time.monotonic() - self.since, name, said), file=sys.stderr, flush=True)

    def rasa(self, *arguments: str, attached: bool = True, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Runs one of Rasa's commands to its end."""
        module = "rasa_telemetry.rasa" if attached else "rasa"
        return self.run("-m", module, *arguments, **variables)

    def run(self, *arguments: str, cwd: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        """Runs this Python to its end, with these arguments."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd or self.project,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=400,
        )

    def given(self) -> List[Dict[str, Any]]:
        """What Rasa has given to the seam."""
        return [line for line in self.lines() + self.others if "event" in line or "traits" in line]

    def asked(self, record: str = "") -> List[str]:
        """The hosts other than this machine that Rasa would have asked."""
        return [line["asked"] for line in self.lines(record) if "asked" in line]

    def lines(self, record: str = "") -> List[Dict[str, Any]]:
        """What the recorder has written down: to its usual file, or to another that a program was started with."""
        try:
            with open(record or self.record) as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []

    def wait_for(self, count: int) -> None:
        """Waits until so many reports are there, and for one too many."""
        wait_until(lambda: len(self.arrived) >= count, 30)
        time.sleep(0.3)

    def take_errors(self) -> List[Dict[str, Any]]:
        """What has arrived of errors, which Rasa doesn't give: it is then no longer compared."""
        errors = [report for report in self.arrived if report.get("event") == ERROR]
        for report in errors:
            self.arrived.remove(report)
        return [report["properties"] for report in errors]

    def compare(self, given: List[Dict[str, Any]]) -> None:
        """Checks that what was given and is in the catalogue is what arrived, value by value, each as one check."""
        known = [one for one in given if "traits" in one or one["event"] in self.schemas]
        self.wait_for(len(known))
        left = list(self.arrived)
        values = 0
        for one in known:
            found = [(self._explain(one, report), report) for report in left if report.get("event") == one.get("event")]
            why, report = min(found, key=lambda pair: len(pair[0]), default=(["nothing arrived"], {}))
            if not why:
                left.remove(report)
            values += len(_content(report))
            self.check(one.get("event") or "traits", not why, why, quiet=True)
        self.check("what arrives is what Rasa gave, %d events with %d values" % (len(known), values), not left, left)

    def beside(self, *parts: Callable[[], None]) -> None:
        """Does what depends on nothing of the others at the same time."""
        with ThreadPoolExecutor(len(parts)) as pool:
            for part in [pool.submit(part) for part in parts]:
                error = part.exception()
                if error is not None:
                    self.check("it is tried to its end", False, repr(error))

    def close(self) -> None:
        self.server.shutdown()

    def _explain(self, given: Dict[str, Any], report: Dict[str, Any]) -> List[str]:
        if "traits" in given:
            return [] if _content(report) == given["traits"] else ["%r became %r" % (given["traits"], report)]
        return explain(given["properties"], _content(report), self.schemas[given["event"]])

    def _handler(self) -> type:
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                plain = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                content = json.loads(plain)
                # What was sent again because an answer came late has the same id.
                known = {report["messageId"] for report in arrived if "messageId" in report}
                arrived.extend(r for r in content.get("batch", [content]) if r.get("messageId") not in known)
                answer = b'{"success": true}'
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def wait_until(is_met: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not is_met():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _clean(variables: Any) -> Dict[str, str]:
    """Without what decides about telemetry on the machine of whoever tries this."""
    return {name: value for name, value in variables.items() if not name.startswith(("RASA_", "DO_NOT_TRACK"))}


def _content(report: Dict[str, Any]) -> Dict[str, Any]:
    content = dict(report.get("properties", report.get("traits", {})))
    # The machine id, which Rasa's own telemetry adds too.
    content.pop("metrics_id", None)
    return content
