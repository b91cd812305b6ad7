"""Runs programs in turns, one at a time, and says what each run cost: time, processor time, memory at its peak.

Reads one JSON object from standard input: `rounds`, `cold`, and `jobs`, each with `name`, `argv`, `env`, `cwd`, `stdin`
(a file, or null) and `fresh` (a folder whose queued reports are deleted before each run, or null). Writes one JSON
object a line for each run: `name`, `ms`, `userMs`, `systemMs`, `kib`, `code`, `out`. Python, because
no other language here gives the system's own count of a child's use without a native library.
"""

import json
import os
import sys
import tempfile
import time

# How much of a program's output is returned, at most.
OUTPUT_BYTES = 16 * 1024
DROP_CACHES = "/proc/sys/vm/drop_caches"


def main() -> None:
    order = json.load(sys.stdin)
    jobs = order["jobs"]
    for number in range(order["rounds"]):
        # Each round begins with another job, so that the effect of one on the next is shared by all.
        turn = number % len(jobs)
        for job in jobs[turn:] + jobs[:turn]:
            print(json.dumps(run(job, order["cold"])), flush=True)


def run(job: dict, cold: bool) -> dict:
    if job["fresh"] is not None:
        forget_reports(job["fresh"])
    if cold:
        os.sync()
        with open(DROP_CACHES, "w") as file:
            file.write("3\n")
    with tempfile.TemporaryFile() as output:
        source = os.open(job["stdin"] or os.devnull, os.O_RDONLY)
        sink = os.open(os.devnull, os.O_WRONLY)
        actions = [
            (os.POSIX_SPAWN_DUP2, source, 0),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, sink, 2),
        ]
        folder = os.getcwd()
        os.chdir(job["cwd"])
        since = time.perf_counter()
        child = os.posix_spawn(job["argv"][0], job["argv"], job["env"], file_actions=actions)
        _, status, use = os.wait4(child, 0)
        taken = time.perf_counter() - since
        os.chdir(folder)
        os.close(source)
        os.close(sink)
        output.seek(0)
        text = output.read(OUTPUT_BYTES).decode(errors="replace")
    return {
        "name": job["name"],
        "ms": taken * 1000,
        "userMs": use.ru_utime * 1000,
        "systemMs": use.ru_stime * 1000,
        # macOS counts bytes.
        "kib": use.ru_maxrss // (1024 if sys.platform == "darwin" else 1),
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status),
        "out": text,
    }


def forget_reports(folder: str) -> None:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if name[:15].isdigit() and name.endswith(".json"):
            os.remove(os.path.join(folder, name))


main()
