"""Programs that end by themselves, by name: what they report, and where."""

from __future__ import annotations

import multiprocessing
import os
import sys

import app

COUNT = int(os.environ["EVENTS"])


def processes(method: str) -> None:
    workers = [
        multiprocessing.get_context(method).Process(target=app.report, args=(b"%d" % number,))
        for number in range(COUNT)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def subinterpreters() -> None:
    """With a lock of their own, where Python has that (3.12)."""
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    for number in range(COUNT):
        one = interpreters.create()
        interpreters.run_string(one, "import sys; sys.path[:] = %r; import app; app.report(b'%d')" % (sys.path, number))
        interpreters.destroy(one)


def kernel() -> None:
    """A notebook's kernel."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    for number in range(COUNT):
        client.execute_interactive("import app; app.report(b'%d')" % number, timeout=20)
    client.stop_channels()
    manager.shutdown_kernel()


def green() -> None:
    """Greenlets of eventlet, in a process that imported the package before the patch."""
    import eventlet

    eventlet.monkey_patch()
    pool = eventlet.GreenPool()
    for number in range(COUNT):
        pool.spawn_n(app.report, b"%d" % number)
    pool.waitall()


def numbers() -> None:
    """numpy's numbers and bools."""
    import numpy

    import rasa_telemetry

    for number in range(COUNT):
        rasa_telemetry.track(
            "Markers Extracted", {"trackers_count": numpy.int64(number), "x": numpy.float32(1), "y": numpy.bool_(True)}
        )


if __name__ == "__main__":
    name = sys.argv[1]
    processes(name) if name in ("fork", "spawn", "forkserver") else globals()[name]()
