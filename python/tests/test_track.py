"""What `track`, `identify` and the functions of the catalogue put on the pipe."""

from __future__ import annotations

import datetime
import json
import os
from typing import Any, Dict, List, Tuple

from host_program import CONTEXT, INIT, PROBE, STREAM, HostTest

MAX_LINE_BYTES = 32 * 1024


class TrackTest(HostTest):
    def test_track_and_identify_write_a_line_each_to_one_child(self) -> None:
        since = datetime.datetime.now(datetime.timezone.utc)
        out = self.run_host(
            """
track("Shell Started", {"type": "rasa", "n": [1, 2.5, None, True, "é"]}, CONTEXT)
track("Project Created")
identify({"metrics_backend": "otlp"}, CONTEXT)
""".replace("CONTEXT", repr(CONTEXT))
        )
        (stream,) = self.streams(1)
        moments = [line.pop("timestamp") for line in stream["lines"]]
        python = {"python": "%d.%d.%d" % __import__("sys").version_info[:3]}
        self.assertEqual(
            stream["lines"],
            [
                {
                    "event": "Shell Started",
                    "properties": {"type": "rasa", "n": [1, 2.5, None, True, "é"]},
                    "context": CONTEXT,
                },
                {"event": "Project Created", "properties": {}, "context": python},
                {"traits": {"metrics_backend": "otlp"}, "context": CONTEXT},
            ],
        )
        self.assertEqual(out, "")
        self.assertEqual(self.started, [PROBE, INIT, STREAM])
        for moment in moments:
            self.assertRegex(moment, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            when = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%f%z")
            self.assertLessEqual(since - datetime.timedelta(milliseconds=1), when)
            self.assertLessEqual(when, datetime.datetime.now(datetime.timezone.utc))

    def test_an_interpreter_that_ends_at_once_loses_nothing(self) -> None:
        for end in ["", "sys.exit()", "os._exit(0)", "os.kill(os.getpid(), 9)"]:
            with self.subTest(end=end):
                code = -9 if "kill" in end else 0
                program = "atexit.unregister(keep_started); keep_started(); track('A'); track('B'); " + end
                self.run_host(program, code=code)
                self.check_streams((STREAM, ["A", "B"]))

    def test_track_works_while_the_interpreter_ends(self) -> None:
        # What is registered first runs last: after the module's own.
        self.run_host(
            "atexit._clear(); atexit.register(track, 'A'); atexit.register(close); track('B'); keep_started()"
        )
        self.check_streams((STREAM, ["B"]), (STREAM, ["A"]))

    def test_the_child_keeps_the_folder_and_the_environment_and_leaves_session_and_files(self) -> None:
        os.mkdir(os.path.join(self.folder, "project"))
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        out = self.run_host(
            """
os.chdir("project")
os.set_inheritable(lock, True)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
track("A")
print(json.dumps(dict(os.environ)))
""",
            pass_fds=[writer],
            RASA_LICENSE="a licence",
        )
        environment = json.loads(out)
        (stream,) = self.streams(1)
        self.assertEqual(environment["RASA_LICENSE"], "a licence")
        self.assertEqual(stream["cwd"], os.path.join(self.folder, "project"))
        # A system may add variables of its own to a process, as macOS does.
        self.assertEqual({name: stream["env"].get(name) for name in environment}, environment)
        self.assertEqual((stream["files"], stream["blocked"]), ([0, 1, 2], []))
        # The question belongs to the user's terminal. Without a terminal, it is enough to be in no session that has one.
        (init,) = self.recorded("init")
        self.assertNotEqual(stream["session"], init["session"])

    def test_the_child_is_a_plain_one_where_there_is_no_shell_and_where_nobody_else_collects_it(self) -> None:
        for reason in ["_process._SHELL = '/missing'", "_process.is_kept = lambda: True"]:
            with self.subTest(reason=reason):
                out = self.run_host(
                    reason
                    + """
enabled()
os.set_inheritable(lock, True)
_recorder.in_container = lambda: True
track("A")
close(20)
track("B")
child = stream().child.process.pid
close(20)
try:
    os.waitpid(child, 0)
except ChildProcessError:
    print(os.getpid())
"""
                )
                streams = self.streams(2)
                found = [(stream["leads"], stream["files"], stream["parent"]) for stream in streams]
                self.assertEqual(found, [(True, [0, 1, 2], int(out))] * 2)


class LineTest(HostTest):
    def test_track_leaves_out_what_json_cannot_carry(self) -> None:
        (line,) = self.lines("""
import enum
class Number(enum.IntEnum):
    ONE = 1
class Text(str): pass
circular = {"kept": 1}
circular["again"] = circular
circular["items"] = [1, circular]
deep = 1
for _ in range(100_000):
    deep = [deep]
track("A", {
    "nan": float("nan"), "infinite": [float("-inf")], "object": object(), "set": {1}, "bytes": b"x", 5: "key",
    "pipeline": [{"name": "A", "nan": float("nan"), "in": {"object": object(), "kept": 1}}, {"name": "B"}],
    "circular": circular, "deep": deep, "tuple": (1, 2), "text": "\\ud800\\0\\n", "huge": 10 ** 30, "none": None,
    "endless": 10 ** 10_000 if sys.version_info >= (3, 11) else object(), "one": Number.ONE, "own": Text("x"),
}, {"python": "3", "rasa_pro": object()})
while deep != 1:
    deep = deep.pop()
""")
        kept = {
            "pipeline": [{"name": "A", "in": {"kept": 1}}, {"name": "B"}],
            "circular": {"kept": 1},
            "tuple": [1, 2],
            "text": "\ud800\0\n",
            "huge": 10**30,
            "none": None,
            "one": 1,
            "own": "x",
        }
        self.assertEqual(line, {"event": "A", "properties": kept, "context": {"python": "3"}})

    def test_track_takes_any_mapping(self) -> None:
        (line,) = self.lines(
            "from types import MappingProxyType as Proxy; track('A', Proxy({'a': Proxy({'b': 1})}), Proxy(%r))"
            % CONTEXT
        )
        self.assertEqual(line, {"event": "A", "properties": {"a": {"b": 1}}, "context": CONTEXT})

    def test_track_keeps_what_was_true_when_it_was_called(self) -> None:
        lines = self.lines("a = {'b': [1]}; track('A', a); a['b'].append(2); a['c'] = 3; track('B', a)")
        self.assertEqual([line["properties"] for line in lines], [{"b": [1]}, {"b": [1, 2], "c": 3}])

    def test_track_drops_a_line_over_the_limit(self) -> None:
        moment = "2026-03-01T12:00:00.123Z"
        line = {"event": "A", "properties": {"x": ""}, "context": CONTEXT, "timestamp": moment}
        room = MAX_LINE_BYTES - len(json.dumps(line) + "\n")
        out = self.run_host(
            """
log_to_stdout()
doubled = {}
for _ in range(30):
    doubled = {"a": doubled, "b": doubled}
for value in ["x" * (room + 1), "\\n" * (room // 2 + 1), "x" * 10_000_000, [1] * 1_000_000, doubled]:
    track("A", {"x": value}, context)
track("A", {"x": "x" * room}, context)
""".replace("room", str(room)).replace("context", repr(CONTEXT))
        )
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped an event: more than 32768 bytes\n" * 5)
        (stream,) = self.streams(1)
        self.assertEqual([line["properties"] for line in stream["lines"]], [{"x": "x" * room}])

    def test_track_takes_the_versions_from_the_interpreter(self) -> None:
        rasa = self.install_distribution("one", "rasa", "3.6.20")
        rasa_pro = self.install_distribution("other", "rasa-pro", "3.8.0")
        cases: List[Tuple[List[str], Any, Dict[str, Any]]] = [
            ([rasa], None, {"rasa_pro": "3.6.20"}),
            ([rasa, rasa_pro], {}, {"rasa_pro": "3.8.0"}),
            ([rasa_pro], {"rasa_pro": "3.9.1", "other": 1}, {"rasa_pro": "3.9.1", "other": 1}),
            ([rasa_pro], {"python": None}, {"rasa_pro": "3.8.0", "python": None}),
        ]
        for paths, context, expected in cases:
            with self.subTest(paths=paths, context=context):
                (line,) = self.lines("sys.path += %r; track('A', context=%r)" % (paths, context))
                self.assertEqual({**line["context"], "python": None}, {"python": None, **expected})
        # What runs counts more than what is installed.
        program = "sys.path.append(%r); sys.modules['rasa'] = type('Rasa', (), {'__version__': '3.9.2'}); track('A')"
        (line,) = self.lines(program % rasa_pro)
        self.assertEqual(line["context"]["rasa_pro"], "3.9.2")
        (line,) = self.lines("sys.version = '3.12.0rc1+ (heads/main)'; track('A')")
        self.assertEqual(line["context"], {"python": "3.12.0rc1"})

    def install_distribution(self, folder: str, name: str, version: str) -> str:
        path = os.path.join(self.folder, folder)
        information = os.path.join(path, "%s-%s.dist-info" % (name.replace("-", "_"), version))
        os.makedirs(information)
        with open(os.path.join(information, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version))
        return path

    def test_nothing_is_raised_and_nothing_sent_for_nonsense(self) -> None:
        out = self.run_host("""
log_to_stdout()
class Bad(dict):
    def items(self): raise RuntimeError("a secret")
for event in [None, 5, b"A", "", "A" * 201, [], object()]:
    track(event)
for properties in [[], "text", 5, object()]:
    track("A", properties)
track("A", context=[])
track("A", Bad())
identify(None)
identify([])
""")
        reasons = ["its name can't be one"] * 7
        reasons += ["its properties or its context is not a mapping"] * 5 + ["RuntimeError"]
        lines = ["Dropped an event: " + reason for reason in reasons]
        lines += ["Dropped traits: its traits or its context is not a mapping"] * 2
        self.assertEqual(out.splitlines(), ["rasa_telemetry DEBUG " + line for line in lines])
        self.assertEqual(self.started, [PROBE, INIT])

    def test_an_event_of_the_longest_name_goes(self) -> None:
        self.run_host("track('A' * 200)")
        self.check_streams((STREAM, ["A" * 200]))


class ErrorTest(HostTest):
    def test_an_error_is_reported_by_its_type_and_its_place_in_rasa(self) -> None:
        (line,) = self.lines("""
def make(module, name, inner):
    scope = {"__name__": module, "inner": inner}
    exec(compile("\\n" * 9 + "def %s(): inner()" % name, "secret.py", "exec"), scope)
    return scope[name]
def fail(): raise ValueError("a secret")
calls = make("custom.actions", "mine", fail)
for number in range(25):
    calls = make("rasa.core.agent", "step_%d" % number, calls)
calls = make("rasa_of_mine", "mine", make("rasa", "main", calls))
try:
    calls()
except ValueError as error:
    track_error(error, "training", "DIETClassifier")
""")
        frames = [{"module": "rasa.core.agent", "function": "step_%d" % number, "line": 10} for number in range(20)]
        self.assertEqual(
            line["properties"],
            {"error_type": "ValueError", "stage": "training", "component": "DIETClassifier", "frames": frames},
        )

    def test_an_error_that_passes_several_places_is_reported_once(self) -> None:
        program = "error = ValueError()\ntrack_error(error, 'training'); track_error(error); track_error(ValueError())"
        lines = self.lines(program)
        self.assertEqual([line["properties"]["stage"] for line in lines], ["training", "other"])

    def test_what_is_no_error_raises_nothing(self) -> None:
        out = self.run_host("log_to_stdout(); track_error(None); track_error('x')")
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped an event: AttributeError\n" * 2)
        self.assertEqual(self.started, [])


class NameTest(HostTest):
    def test_in_debug_mode_the_child_alone_says_what_is_no_event(self) -> None:
        out = self.run_host(
            """
os.environ["RASA_TELEMETRY_DEBUG"] = "1"
_facts.EVENTS = real_events
log_to_stdout()
track("Other")
""",
            stderr="report Other\n",
        )
        self.assertEqual(out, "")

    def test_an_event_that_nobody_knows_is_said_once_and_goes_to_whoever_counts_it(self) -> None:
        out = self.run_host("""
_facts.EVENTS = real_events
log_to_stdout()
for _ in range(3): track("Shell Startd\\x1b[31m")
track("Other")
track("Shell Started")
identify({})
""")
        said = "rasa_telemetry WARNING No such event: %s. It is counted, and not reported\n"
        nearest = " (the nearest is 'Shell Started')"
        self.assertEqual(out, said % ("'Shell Startd\\x1b[31m'" + nearest) + said % "'Other'")
        self.check_streams((STREAM, ["Shell Startd\x1b[31m"] * 3 + ["Other", "Shell Started", {}]))
