"""What `track`, `identify` and the functions of the catalogue put on the pipe."""

from __future__ import annotations

import datetime
import json
import os
from typing import Any, Dict, List, Tuple

from host_program import CONTEXT, HostTest, INIT_STARTED, STREAM, STREAM_STARTED

MAX_LINE_BYTES = 32 * 1024


class TrackTest(HostTest):
    def test_track_and_identify_write_a_line_each_to_one_child(self) -> None:
        since = datetime.datetime.now(datetime.timezone.utc)
        out = self.run_host("""
track("Shell Started", {"type": "rasa", "n": [1, 2.5, None, True, "é"]}, CONTEXT)
track("Project Created")
identify({"metrics_backend": "otlp"}, CONTEXT)
""".replace("CONTEXT", repr(CONTEXT)))
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
        self.assertEqual(self.started, [INIT_STARTED, STREAM_STARTED])
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
        self.assertEqual((stream["leads"], stream["files"], stream["blocked"]), (True, [0, 1, 2], []))
        # The question belongs to the user's terminal.
        self.assertEqual([init["leads"] for init in self.recorded("init")], [False])

    def test_the_child_is_the_same_where_posix_spawn_can_not_be_used(self) -> None:
        for hindrance in [
            "del os.posix_spawn",
            "os.posix_spawn = lambda *_, **__: (_ for _ in ()).throw(NotImplementedError())",
            "os.listdir = lambda *_: (_ for _ in ()).throw(FileNotFoundError())",
        ]:
            with self.subTest(hindrance=hindrance):
                self.run_host(
                    "enabled(); os.set_inheritable(lock, True)\n%s\ntrack('A'); close(); track('B')" % hindrance
                )
                streams = self.streams(2)
                self.assertEqual([(stream["leads"], stream["files"]) for stream in streams], [(True, [0, 1, 2])] * 2)
                self.assertEqual(self.started, [INIT_STARTED] + [["Popen", "stream"]] * 2)


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
        out = self.run_host("""
log_to_stdout()
doubled = {}
for _ in range(30):
    doubled = {"a": doubled, "b": doubled}
for value in ["x" * (room + 1), "\\n" * (room // 2 + 1), "x" * 10_000_000, [1] * 1_000_000, doubled]:
    track("A", {"x": value}, context)
track("A", {"x": "x" * room}, context)
""".replace("room", str(room)).replace("context", repr(CONTEXT)))
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
        self.assertEqual(self.started, [INIT_STARTED])

    def test_an_event_of_the_longest_name_goes(self) -> None:
        self.run_host("track('A' * 200)")
        self.check_streams((STREAM, ["A" * 200]))


class TrainingTest(HostTest):
    def test_a_training_is_reported_from_start_to_end(self) -> None:
        lines = self.lines("""
clock = [1000.0]
rasa_telemetry.time = type("Clock", (), {"monotonic": lambda: clock[0], "sleep": time.sleep})
with track_model_training({"language": "en", "assistant_id": "mine", "type": "wrong"}, "rasa", is_finetuning=True):
    clock[0] += 75.9
try:
    with track_model_training(lambda: {"language": "de"}, model_type="nlu"):
        clock[0] += 2
        raise KeyError("a secret")
except KeyError as error:
    assert error.args == ("a secret",) and error.__context__ is None
""")
        first, second = (lines[index]["properties"]["training_id"] for index in (0, 2))
        self.assertRegex(first, "^[0-9a-f]{32}$")
        self.assertNotEqual(first, second)
        common = {"training_id": first, "type": "rasa", "assistant_id": "mine"}
        self.assertEqual(
            [(line["event"], line["properties"]) for line in lines],
            [
                ("Training Started", {**common, "language": "en", "is_finetuning": True}),
                ("Training Completed", {**common, "runtime": 75}),
                (
                    "Training Started",
                    {"language": "de", "training_id": second, "type": "nlu", "is_finetuning": False},
                ),
                ("Training Failed", {"training_id": second, "type": "nlu", "runtime": 2}),
            ],
        )

    def test_a_training_runs_though_its_properties_can_not_be_found_out(self) -> None:
        out = self.run_host("""
log_to_stdout()
def fail(): raise RuntimeError("a secret")
for properties in [fail, None, 5, lambda: None]:
    with track_model_training(properties, "core"):
        print("trained")
""")
        self.assertEqual(out.count("trained\n"), 4)
        self.assertNotIn("a secret", out)
        self.check_streams((STREAM, ["Training Started", "Training Completed"] * 4))

    def test_a_training_finds_out_nothing_where_telemetry_is_off(self) -> None:
        out = self.run_host(
            "with track_model_training(lambda: print('gathered') or {}, 'rasa'): print('trained')",
            STANDIN_INIT='{"enabled": false}',
        )
        self.assertEqual(out, "trained\n")
        self.assertEqual(self.started, [INIT_STARTED])


class CatalogueTest(HostTest):
    def test_the_functions_take_what_rasa_has(self) -> None:
        lines = self.lines("""
from types import SimpleNamespace as Object
from datetime import datetime
class RedisTrackerStore: pass
class PikaEventBroker: pass
class Channel:
    def name(self): return "rest"
endpoints = Object(nlg=None, action=Object(type="http"), tracker_store=Object(type="redis"), event_broker=None)
track_server_start(["socketio", Channel()], endpoints, "/a/folder", 4, True, assistant_id="mine")
track_server_start([], None, None, 1, False, project="x")
track_core_model_test(5, True, Object(processor=Object(model_metadata=Object(project_fingerprint="f"))))
track_core_model_test(5, False, Object(processor=None))
data = {"intent_examples": [1, 2], "entity_examples": [], "lookup_tables": [1], "regex_features": []}
track_nlu_model_test(Object(entity_synonyms={"a": 1}, **data))
case = Object(steps=[Object(assertions=[Object(type="slot_was_set"), Object(type="new")]), Object(assertions=None)])
track_e2e_test_run([case], [1], [])
track_e2e_test_run([Object(steps=[])], [], [1, 2])
track_e2e_test_conversion_completed(".csv", 20)
track_tracker_export(7, RedisTrackerStore(), "PikaEventBroker")
track_conversation_count(3, datetime(2026, 3, 1))
track_response_rephrase(True, "a secret prompt", "openai", "gpt-4")
track_response_rephrase(True, None, "openai", "gpt-4", "group")
track_enterprise_search_policy_predict("faiss", "openai", "ada", None, "openai", "gpt-4", None, True, True, zone="x")
track_intentless_policy_predict(score=0.5)
track_project_init(".")
track_markers_extraction_initiated("all", False, 1234, None)
""")
        counts = dict.fromkeys(
            ["flow_started", "flow_completed", "flow_cancelled", "pattern_clarification_contains", "action_executed"]
            + ["slot_was_not_set", "bot_uttered", "generative_response_is_relevant", "generative_response_is_grounded"],
            0,
        )
        models = ["embeddings_type", "embeddings_model", "embeddings_model_group_id"]
        models += ["llm_type", "llm_model", "llm_model_group_id"]
        servers = ["nlg", "nlu", "action_server", "model_server", "tracker_store", "lock_store", "event_broker"]
        nothing = {"endpoints_" + name: None for name in servers}
        runs = {"number_of_test_cases": 1, "uses_assertions": True}
        folder = __import__("hashlib").sha256(os.fsencode(self.folder)).hexdigest()
        self.assertEqual(
            [line["properties"] for line in lines],
            [
                {
                    "input_channels": ["socketio", "rest"],
                    "api_enabled": True,
                    "number_of_workers": 4,
                    **nothing,
                    "endpoints_action_server": "http",
                    "endpoints_tracker_store": "redis",
                    "project": None,
                    "assistant_id": "mine",
                },
                {
                    "input_channels": [],
                    "api_enabled": False,
                    "number_of_workers": 1,
                    **nothing,
                    "project": "x",
                    "assistant_id": None,
                },
                {"project": "f", "end_to_end": True, "num_story_steps": 5},
                {"project": None, "end_to_end": False, "num_story_steps": 5},
                {
                    "num_intent_examples": 2,
                    "num_entity_examples": 0,
                    "num_lookup_tables": 1,
                    "num_synonyms": 1,
                    "num_regexes": 0,
                },
                {
                    **runs,
                    "number_of_fixtures": 1,
                    "number_of_metadata": 0,
                    "uses_fixtures": True,
                    "uses_metadata": False,
                    **{name + "_count": count for name, count in counts.items()},
                    "slot_was_set_count": 1,
                },
                {
                    **runs,
                    "number_of_fixtures": 0,
                    "number_of_metadata": 2,
                    "uses_fixtures": False,
                    "uses_metadata": True,
                    "uses_assertions": False,
                },
                {"file_type": "csv", "test_case_count": 20},
                {
                    "number_of_exported_events": 7,
                    "tracker_store": "RedisTrackerStore",
                    "event_broker": "PikaEventBroker",
                },
                {"conversation_count": 3, "year": 2026, "month": 3},
                {
                    "rephrase_all": True,
                    "custom_prompt_template": True,
                    "llm_type": "openai",
                    "llm_model": "gpt-4",
                    "llm_model_group_id": None,
                },
                {
                    "rephrase_all": True,
                    "custom_prompt_template": False,
                    "llm_type": "openai",
                    "llm_model": "gpt-4",
                    "llm_model_group_id": "group",
                },
                {
                    "vector_store_type": "faiss",
                    **dict(zip(models, ["openai", "ada", None, "openai", "gpt-4", None])),
                    "citation_enabled": True,
                },
                {**dict.fromkeys(models), "score": 0.5},
                {"init_directory": folder},
                {"strategy": "all", "only_extract": False, "seed": True, "count": None},
            ],
        )

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

    def test_a_function_that_is_given_nonsense_raises_nothing(self) -> None:
        out = self.run_host("""
log_to_stdout()
track_server_start(5, None, None, 1, True)
track_nlu_model_test(None)
track_shell_started()
track_conversation_count(1, "a secret")
track_project_init(None)
track_error(None)
""")
        errors = [("server_start", "TypeError"), ("nlu_model_test", "AttributeError"), ("shell_started", "TypeError")]
        errors += [("conversation_count", "AttributeError"), ("project_init", "TypeError"), ("error", "AttributeError")]
        self.assertEqual(out, "".join("rasa_telemetry DEBUG Dropped track_%s: %s\n" % error for error in errors))
        self.assertEqual(self.started, [])
