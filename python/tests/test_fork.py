"""Processes that come from one another: forks, workers, `multiprocessing`, and who reads whose pipe."""

from __future__ import annotations

from host_program import STREAM, HostTest

# Python 3.12 warns of any fork beside threads.
QUIET = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"


class ForkTest(HostTest):
    def test_each_process_has_a_stream_of_its_own(self) -> None:
        self.run_host("""
track("Parent")
child = os.fork()
if child == 0:
    track("Child")
    grandchild = os.fork()
    if grandchild == 0:
        track("Grandchild")
        os._exit(0)
    assert os.waitpid(grandchild, 0)[1] == 0
    track("Child again")
    os._exit(0)
track("Parent again")
assert os.waitpid(child, 0)[1] == 0
track("Parent at last")
""")
        self.check_inits(1)
        self.check_streams(
            (STREAM, ["Parent", "Parent again", "Parent at last"]),
            (STREAM, ["Child", "Child again"]),
            (STREAM, ["Grandchild"]),
        )

    def test_a_stream_ends_with_its_own_process_and_waits_for_no_other(self) -> None:
        self.run_host("""
parent = os.fork()
if parent == 0:
    track("Parent")
    hold()
    if os.fork() == 0:
        # Lives on, reports nothing and, for that, has nothing open.
        wait_for("end")
        track("Orphan")
    os._exit(0)
assert os.waitpid(parent, 0)[1] == 0
wait_for("end", 2)
""")
        self.check_streams((STREAM, ["Parent"]), (STREAM, ["Orphan"]))

    def test_a_child_that_ends_as_programs_do_leaves_the_parents_stream_alone(self) -> None:
        self.run_host("""
track("Parent")
wait_for("line")
child = os.fork()
if child == 0:
    # As `sys.exit` does, which Python 3.8 can't do in a forked child in development mode.
    atexit._run_exitfuncs()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
stream().child.look()
assert not stream().child.has_ended
track("Parent again")
""")
        self.check_streams((STREAM, ["Parent", "Parent again"]))

    def test_a_fork_that_python_is_not_told_of_is_noticed(self) -> None:
        self.run_host("""
import ctypes
track("Parent")
child = ctypes.PyDLL(None).fork()
if child == 0:
    track("Child")
    close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
track("Parent again")
""")
        self.check_streams((STREAM, ["Parent", "Parent again"]), (STREAM, ["Child"]))

    def test_a_child_forked_while_init_runs_asks_nobody_and_waits_for_nothing(self) -> None:
        self.run_host(
            QUIET
            + """
hold()
thread = threading.Thread(target=track, args=("Parent",))
thread.start()
wait_for("init")
child = os.fork()
if child == 0:
    signal.alarm(15)
    track("Child")
    os._exit(0)
status = os.waitpid(child, 0)[1]
release()
thread.join()
assert status == 0, status
""",
            STANDIN_WAITER="init",
        )
        self.check_inits(1)
        self.check_streams((STREAM, ["Parent"]), (STREAM, ["Child"]))

    def test_forks_beside_threads_that_report_stop_nobody(self) -> None:
        self.run_host(
            QUIET
            + """
over = threading.Event()
def report():
    while not over.is_set():
        track("A", {"x": "x" * 200})
        time.sleep(0.0005)
threads = [threading.Thread(target=report) for _ in range(4)]
for thread in threads: thread.start()
for number in range(6):
    child = os.fork()
    if child == 0:
        signal.alarm(15)
        track("Child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
over.set()
for thread in threads: thread.join()
"""
        )
        events = [[line["event"] for line in stream["lines"]] for stream in self.streams(7)]
        self.assertEqual(sorted(map(set, events), key=repr), [{"A"}] + [{"Child"}] * 6)
        self.assertEqual([count for count in map(len, events) if count == 1], [1] * 6)
        self.assertEqual(self.recorded("bad"), [])


class WorkersTest(HostTest):
    def test_workers_that_a_master_forks_ends_and_replaces(self) -> None:
        # As gunicorn does: the master collects whatever has ended, workers end by a signal or by an error.
        self.run_host("""
dead = []
def collect(*_):
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            dead.append(pid)
    except ChildProcessError:
        pass
enabled()
signal.signal(signal.SIGCHLD, collect)
track("Master")
def work(number):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threads = [threading.Thread(target=track, args=("Worker", {"number": number})) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    if number == 3:
        os._exit(1)
    while True:
        time.sleep(0.01)
def start(number):
    pid = os.fork()
    if pid:
        return pid
    try:
        work(number)
    except SystemExit:
        close()
    os._exit(0)
workers = [start(number) for number in range(4)]
wait_for("line", 13)
wait_until(lambda: workers[3] in dead)
os.kill(workers[2], signal.SIGKILL)
wait_until(lambda: workers[2] in dead)
workers[2:] = [start(4)]
track("Master again")
wait_for("line", 17)
for worker in workers:
    os.kill(worker, signal.SIGTERM)
wait_until(lambda: set(workers) <= set(dead))
""")
        streams = self.streams(6)
        found = [[(line["event"], line["properties"].get("number")) for line in stream["lines"]] for stream in streams]
        self.assertEqual(
            sorted(found, key=repr),
            [[("Master", None), ("Master again", None)]] + [[("Worker", number)] * 3 for number in range(5)],
        )
        self.check_inits(1)

    def test_the_processes_of_multiprocessing_report_and_ask_once_in_each_interpreter(self) -> None:
        for method, inits in [("fork", 1), ("spawn", 3), ("forkserver", 3)]:
            with self.subTest(method=method):
                self.run_host(
                    """
import multiprocessing
context = multiprocessing.get_context(METHOD)
track("Parent")
workers = [context.Process(target=track, args=("Shell Started",)) for _ in range(2)]
for worker in workers: worker.start()
for worker in workers: worker.join()
assert [worker.exitcode for worker in workers] == [0, 0]
track("Parent again")
""".replace("METHOD", repr(method))
                )
                self.check_inits(inits)
                self.check_streams(
                    (STREAM, ["Parent", "Parent again"]), (STREAM, ["Shell Started"]), (STREAM, ["Shell Started"])
                )

    def test_a_pool_of_workers_reports(self) -> None:
        self.run_host(
            QUIET
            + """
import concurrent.futures, multiprocessing
pool = concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork"))
with pool:
    list(pool.map(track, ["A%d" % number for number in range(20)]))
"""
        )
        self.wait_until(lambda: self.count("line") >= 20)
        self.assertEqual(
            sorted(line["line"]["event"] for line in self.recorded("line")),
            sorted("A%d" % number for number in range(20)),
        )
