"""The pipe that never blocks, and the child at its other end: full, torn, killed, restarted, closed, collected."""

from __future__ import annotations

import sys
import unittest

from host_program import INIT, OFF_LINE, PROBE, STOPPED, STREAM, HostTest


class FullPipeTest(HostTest):
    def test_a_pipe_that_is_full_drops_and_counts_and_blocks_nobody(self) -> None:
        out = self.run_host(
            STOPPED
            + """
log_to_stdout()
for number in range(10_000):
    track("A", {"number": number, "x": "x" * 100})
print(stream().dropped.total())
os.kill(child.pid, signal.SIGCONT)
"""
        )
        *lines, last = out.splitlines()
        dropped = [line for line in lines if line.isdigit()]
        (stream,) = self.streams(1)
        arrived = [line["properties"]["number"] for line in stream["lines"][1:]]
        self.assertEqual(dropped, [str(10_000 - len(arrived))])
        # The first of them, as they came: none is torn, repeated or out of order.
        self.assertEqual(arrived, list(range(len(arrived))))
        # 64 KiB and 256 KiB are the pipes there may be.
        self.assertGreater(len(arrived), 200)
        powers = [1 << power for power in range(14) if 1 << power <= int(dropped[0])]
        said = ["rasa_telemetry DEBUG Dropped an event: the pipe is full (%d so far)" % power for power in powers]
        self.assertEqual([line for line in lines if not line.isdigit()], said)
        self.assertEqual(last, "rasa_telemetry DEBUG Events dropped because the pipe was full: " + dropped[0])

    def test_a_line_that_fits_in_part_is_written_to_its_end_before_the_next(self) -> None:
        out = self.run_host(
            STOPPED
            + """
number = 0
while not stream().rest:
    track("Large", {"number": number, "x": "x" * 30_000})
    number += 1
track("Dropped")
os.kill(child.pid, signal.SIGCONT)
wait_for("line", number)
track("Last")
print(number)
"""
        )
        (stream,) = self.streams(1)
        large = list(range(int(out)))
        self.assertEqual([line["event"] for line in stream["lines"]], ["First"] + ["Large" for _ in large] + ["Last"])
        self.assertEqual([line["properties"]["number"] for line in stream["lines"][1:-1]], large)
        self.assertEqual(self.recorded("bad"), [])

    def test_the_end_of_a_line_is_written_when_the_interpreter_ends(self) -> None:
        out = self.run_host(
            STOPPED
            + """
number = 0
while not stream().rest:
    track("Large", {"x": "x" * 30_000})
    number += 1
_stream._FLUSH_SECONDS = 20
timer = threading.Timer(0.1, os.kill, [child.pid, signal.SIGCONT])
timer.daemon = True
timer.start()
print(number)
"""
        )
        (stream,) = self.streams(1)
        self.assertEqual([line["event"] for line in stream["lines"]], ["First"] + ["Large"] * int(out))
        self.assertEqual(self.recorded("bad"), [])

    def test_a_child_that_reads_nothing_holds_the_end_only_so_long(self) -> None:
        self.run_host(
            STOPPED
            + """
_stream._FLUSH_SECONDS = 0.05
while not stream().rest:
    track("Large", {"x": "x" * 30_000})
close()
os.kill(child.pid, signal.SIGCONT)
"""
        )
        (stream,) = self.streams(1)
        self.assertEqual({line["event"] for line in stream["lines"]}, {"First", "Large"})
        self.assertEqual(len(self.recorded("bad")), 1)

    def test_threads_never_tear_each_others_lines(self) -> None:
        out = self.run_host("""
track("First")
wait_for("line")
sys.setswitchinterval(1e-5)
def report(thread):
    for number in range(200):
        track("A", {"thread": thread, "number": number, "x": "x" * (number * 17 % 3_000)})
threads = [threading.Thread(target=report, args=(thread,)) for thread in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(stream().dropped.total())
""")
        (stream,) = self.streams(1)
        self.assertEqual(self.recorded("bad"), [])
        arrived = [line["properties"] for line in stream["lines"][1:]]
        self.assertEqual(len(arrived), 8 * 200 - int(out))
        for thread in range(8):
            numbers = [properties["number"] for properties in arrived if properties["thread"] == thread]
            self.assertEqual(numbers, sorted(set(numbers)))

    def test_what_several_threads_drop_at_the_same_time_is_counted(self) -> None:
        out = self.run_host("""
from rasa_telemetry._tally import Tally
tally = Tally()
sys.setswitchinterval(1e-6)
def add():
    for _ in range(20000): tally.add()
threads = [threading.Thread(target=add) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
first = tally.total()
tally.add()
print(first, tally.total())
""")
        self.assertEqual(out, "80000 80001\n")


class HandlerTest(HostTest):
    def test_a_handler_may_report_in_the_middle_of_an_event(self) -> None:
        self.run_host("""
import itertools
track("First")
counter = itertools.count()
def handle(*_):
    next(counter)  # A handler may interrupt a handler: this can't be torn.
    track("From the handler", {"x": "x" * 500})
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
until = time.monotonic() + 0.2
sent = 1
while time.monotonic() < until:
    track("A", {"x": "x" * 300})
    sent += 1
signal.setitimer(signal.ITIMER_REAL, 0)
time.sleep(0.01)
dropped = stream().dropped.total()
close()
wait_for("end")
sent += next(counter)
arrived = len(recorded("line"))
assert arrived == sent - dropped, (arrived, sent, dropped)
""")
        self.assertEqual(self.recorded("bad"), [])

    def test_an_exception_out_of_a_handler_costs_the_line_it_came_in_and_no_other(self) -> None:
        self.run_host("""
track("First")
write = _pipe._write
def write_some(number, data):
    _pipe._write = write
    write(number, data[:20])
    raise KeyboardInterrupt
_pipe._write = write_some
try:
    track("Interrupted")
except KeyboardInterrupt:
    pass
track("A")
track("B")
""")
        self.check_streams((STREAM, ["First", "A", "B"]))
        self.assertEqual(len(self.recorded("bad")), 1)

    def test_a_handler_may_close_in_the_middle_of_an_event(self) -> None:
        self.run_host("""
track("First")
write = _pipe._write
def write_and_close(number, data):
    _pipe._write = write
    close()
    return write(number, data)
_pipe._write = write_and_close
track("A")
close()
track("B")
""")
        self.check_streams((STREAM, ["First", "A"]), (STREAM, ["B"]))


class ChildTest(HostTest):
    def test_a_child_that_was_killed_is_replaced_and_what_it_had_not_read_is_kept(self) -> None:
        self.run_host(
            STOPPED
            + """
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
track("A")
kill(child)
track("B")
track("C")
"""
        )
        self.wait_until(lambda: self.count("end") == 1)
        self.assertEqual([line["line"]["event"] for line in self.recorded("line")], ["First", "A", "B", "C"])
        self.assertEqual(self.started, [PROBE, INIT, STREAM, STREAM])

    def test_a_child_that_was_killed_after_the_last_event_is_replaced_at_the_end(self) -> None:
        self.run_host(STOPPED + "track('A')\nkill(child)")
        self.wait_until(lambda: self.count("end") == 1)
        self.assertEqual([line["line"]["event"] for line in self.recorded("line")], ["First", "A"])

    def test_a_child_that_keeps_being_killed_is_replaced_three_times_at_growing_distances(self) -> None:
        out = self.run_host("""
log_to_stdout()
clock = [100.0]
_stream.time = type("Clock", (), {"monotonic": lambda: clock[0], "sleep": time.sleep})
_stream._LOOK_SECONDS = 1
def started_children():
    return len([what for what in started if what[0] == "stream"])
track("A")
def die():
    kill(stream().child)
    clock[0] += _stream._LOOK_SECONDS
die()
track("B")
print(started_children(), flush=True)
for seconds in (5, 60):
    die()
    track("B")
    clock[0] += seconds - 0.1
    track("B")
    print(started_children(), flush=True)
    clock[0] += 0.1
    track("B")
    print(started_children(), flush=True)
die()
track("B")
track("B")
print(started_children(), enabled(), flush=True)
""")
        died = "rasa_telemetry DEBUG The `stream` process has ended or could not be started\n"
        self.assertEqual(
            out,
            died
            + "2\n"
            + died
            + "2\n3\n"
            + died
            + "3\n4\n"
            + OFF_LINE % "the `stream` process ended 4 times"
            + "4 False\n",
        )

    def test_children_killed_at_any_moment_harm_nobody(self) -> None:
        self.run_host("""
import random
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
_stream._RESTART_SECONDS = (0.0,) * 20
random.seed(7)
for turn in range(8):
    for _ in range(1 + random.randrange(20)):
        track("A", {"x": "x" * random.randrange(500)})
        time.sleep(random.random() / 500)
    child = stream().child
    kill(child)
track("Last")
""")
        self.wait_until(lambda: self.count("end") == 1)
        self.assertEqual(self.recorded("line")[-1]["line"]["event"], "Last")
        # Each child that was killed can have torn one line.
        self.assertLessEqual(len(self.recorded("bad")), 8)

    def test_a_host_has_no_children_because_of_us(self) -> None:
        out = self.run_host("""
for number in range(3):
    track("A")
    child = stream().child
    close()
    wait_until(lambda: has_ended(child))
track("B")
print(len(stream().leaving))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("none")
""")
        self.assertEqual(out, "0\nnone\n")
        self.check_streams(*[(STREAM, ["A"])] * 3, (STREAM, ["B"]))

    def test_a_host_that_collects_every_child_itself_finds_none_of_ours(self) -> None:
        self.run_host("""
collected = []
def collect(*_):
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0: break
            collected.append(pid)
    except ChildProcessError:
        pass
enabled()
signal.signal(signal.SIGCHLD, collect)
track("A")
wait_for("line")
child = stream().child
kill(child)
track("B")
assert child.pid and child.pid not in collected, collected
""")
        self.wait_until(lambda: self.count("end") == 1)
        self.assertEqual([line["line"]["event"] for line in self.recorded("line")], ["A", "B"])

    def test_close_waits_as_long_as_it_is_told(self) -> None:
        out = self.run_host("""
track("A")
close(20)
print(len(recorded("end")))
_recorder.in_container = lambda: True
_recorder._KEEP_SECONDS = 20
track("B")
close()
print(len(recorded("line")))
""")
        self.assertEqual(out, "1\n2\n")


class SystemTest(HostTest):
    def test_a_host_that_closes_all_its_files_finds_nothing_of_ours_in_the_next(self) -> None:
        out = self.run_host("""
track("A")
wait_for("line")
os.closerange(3, 64)
files = [os.open(os.environ["STANDIN_LOG"] + str(number), os.O_RDWR | os.O_CREAT) for number in range(20)]
track("B")
track("C")
close()
print([os.fstat(number).st_size for number in files] == [0] * 20)
""")
        self.assertEqual(out, "True\n")
        self.check_streams((STREAM, ["A"]), (STREAM, ["B", "C"]))

    def test_a_host_without_standard_streams_gets_none_of_ours(self) -> None:
        out = self.run_host("""
report = os.dup(1)
for number in range(3): os.close(number)
track("A")
numbers = [stream().reader.number, stream().writer.number]
for number in range(3): assert os.open(os.devnull, os.O_RDWR) == number
os.write(report, b"%d" % min(numbers))
""")
        self.assertGreater(int(out), 2)
        self.check_streams((STREAM, ["A"]))

    def test_a_passing_fault_of_the_system_costs_nothing(self) -> None:
        out = self.run_host("""
import errno
log_to_stdout()
enabled()
def fail(*_, **__): raise OSError(errno.EMFILE, "a secret")
make_pipe, _stream.make_pipe = _stream.make_pipe, fail
track("A")
_stream.make_pipe = make_pipe
spawn, _process._spawn = _process._spawn, fail
track("B")
_process._spawn = spawn
track("C")
""")
        self.assertEqual(
            out,
            "rasa_telemetry DEBUG Dropped an event: OSError\n"
            "rasa_telemetry DEBUG The `stream` process has ended or could not be started\n"
            "rasa_telemetry DEBUG Dropped an event: OSError\n",
        )
        # They waited for better times.
        self.check_streams((STREAM, ["A", "B", "C"]))

    @unittest.skipUnless(sys.platform == "linux", "the size of a process is found out there alone")
    def test_a_host_of_one_gigabyte_starts_its_child_without_copying_anything(self) -> None:
        size = 1 << 30
        with open("/proc/meminfo") as file:
            available = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
        # On a machine without that much the same is shown by a smaller host.
        size = min(size, available // 4)
        out = self.run_host(
            """
ballast = bytearray(b"x") * SIZE
enabled()
since = time.perf_counter()
track("A")
print(time.perf_counter() - since)
""".replace("SIZE", str(size))
        )
        self.assertEqual(self.started, [PROBE, INIT, STREAM])
        self.assertLess(float(out), 5)
        self.check_streams((STREAM, ["A"]))
