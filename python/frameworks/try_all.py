"""Runs real hosts with the real binary, each against a server on this machine that counts.

    try_all.py BINARY PORT [NAME...]     the binary's endpoint is http://127.0.0.1:PORT

All events of each must arrive, once each, and no host may hang. Ends with 1 where that isn't so.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Optional, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
EVENTS = 40
BIN = os.path.dirname(sys.executable)
GUNICORN = [BIN + "/gunicorn", "--bind", "127.0.0.1:{port}", "--graceful-timeout", "5"]

# A server's command, and what else it needs; `{port}` is where it listens.
SERVERS: Dict[str, List[str]] = {
    "gunicorn": [*GUNICORN, "--workers", "2", "app:wsgi"],
    "gunicorn --preload": [*GUNICORN, "--workers", "2", "--preload", "app:wsgi"],
    "gunicorn -k gthread": [*GUNICORN, "--workers", "2", "-k", "gthread", "app:wsgi"],
    "gunicorn -k gevent": [*GUNICORN, "--workers", "2", "-k", "gevent", "app:wsgi"],
    "gunicorn --preload -k gevent": [*GUNICORN, "--workers", "2", "--preload", "-k", "gevent", "app:wsgi"],
    "uwsgi": [BIN + "/uwsgi", "--http-socket", "127.0.0.1:{port}", "--master", "--processes", "2", "--die-on-term"]
    + ["--home", os.path.dirname(BIN), "--pythonpath", HERE, "--module", "app"],
    "sanic": [BIN + "/sanic", "sanic_app:server", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2"],
    "uvicorn --reload": [BIN + "/uvicorn", "app:asgi", "--port", "{port}", "--reload"],
    "uvicorn --workers": [BIN + "/uvicorn", "app:asgi", "--port", "{port}", "--workers", "2"],
}
# A program that ends by itself.
PROGRAMS: Dict[str, List[str]] = {
    **{
        name: [sys.executable, "programs.py", name]
        for name in ("fork", "spawn", "forkserver", "subinterpreters", "kernel", "green", "numbers")
    },
    "pytest -W error": [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", HERE],
    "pytest -n 2": [sys.executable, "-m", "pytest", "-q", "-n", "2", "-W", "error", "-p", "no:cacheprovider", HERE],
}


class Collector(BaseHTTPRequestHandler):
    arrived: List[Tuple[str, Any]] = []
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        content = json.loads(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
        with self.lock:
            for report in content.get("batch", [content]):
                self.arrived.append((report["messageId"], report["properties"].get("trackers_count")))
        answer = b'{"success": true}'
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


def main() -> int:
    binary, port, *names = sys.argv[1:]
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    for name in names or [*SERVERS, "celery", *PROGRAMS]:
        since = time.monotonic()
        problem = try_one(name, binary)
        failed += problem is not None
        print("%s: %s (%.1f s)" % (name, problem or "ok", time.monotonic() - since), flush=True)
    return 1 if failed else 0


def try_one(name: str, binary: str) -> Optional[str]:
    """What went wrong; None where all was well."""
    del Collector.arrived[:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = {
            **os.environ,
            "EVENTS": str(EVENTS),
            "HOME": folder,
            "CELERY_FOLDER": folder,
            "PYTHONPATH": os.pathsep.join([HERE, os.path.join(os.path.dirname(HERE), "src")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RASA_TELEMETRY_BINARY": binary,
            "RASA_TELEMETRY_ENABLED": "true",
        }
        expected = list(range(EVENTS))
        if "--preload" in name:
            environment["REPORT_AT_IMPORT"] = "1"
            expected.append(1_000)
        with open(os.path.join(folder, "output"), "w+") as output:
            options: Dict[str, Any] = {"cwd": HERE, "env": environment, "stdout": output, "stderr": output}
            if name in SERVERS:
                problem = serve(SERVERS[name], options)
            elif name == "celery":
                problem = work(options)
            else:
                problem = end(subprocess.Popen(PROGRAMS[name], **options), 90)
            until = time.monotonic() + 15
            while len(Collector.arrived) < len(expected) and time.monotonic() < until:
                time.sleep(0.05)
            # What comes twice comes a moment later.
            time.sleep(0.3)
            found = sorted(number for _, number in Collector.arrived)
            if problem is None and found != expected:
                problem = "of %d events %d arrived" % (len(expected), len(found))
            if problem is not None:
                output.seek(0)
                problem += "\n" + output.read()[-2_000:]
    return problem


def serve(command: List[str], options: Dict[str, Any]) -> Optional[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([part.replace("{port}", str(port)) for part in command], **options)
    try:
        wait_until_open(port)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: ask(port, number), range(EVENTS)))
        # Right after its start sanic may never end, with telemetry or without.
        time.sleep(2 if "sanic" in command[0] else 0)
    finally:
        process.send_signal(signal.SIGTERM)
        problem = end(process, 20, (0, -signal.SIGTERM, 143))
    return problem


def work(options: Dict[str, Any]) -> Optional[str]:
    command = [BIN + "/celery", "-A", "celery_app:server", "worker", "--concurrency", "2", "--loglevel", "WARNING"]
    process = subprocess.Popen(command, **options)
    try:
        subprocess.run([sys.executable, "celery_app.py"], check=True, timeout=60, **options)
        until = time.monotonic() + 60
        while len(Collector.arrived) < EVENTS and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        problem = end(process, 20)
    return problem


def end(process: "subprocess.Popen[Any]", seconds: float, codes: Tuple[int, ...] = (0,)) -> Optional[str]:
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return "it hangs"
    return None if code in codes else "it ended with %d" % code


def wait_until_open(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def ask(port: int, number: int) -> None:
    with urllib.request.urlopen("http://127.0.0.1:%d/?%d" % (port, number), timeout=30) as answer:
        answer.read()


if __name__ == "__main__":
    sys.exit(main())
