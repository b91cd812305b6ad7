"""`attach` to a Rasa of the real one's shape: what goes through its seam, and what no longer goes past it."""

from __future__ import annotations

import os
from typing import Any, List

from host_program import INIT, PROBE, SOURCES, STREAM, SWITCHED_OFF, HostTest
from rasa_standin import write_rasa

# What a program does that runs Rasa's command as `python -m rasa_telemetry.rasa ...` does.
RUN = """
import runpy
sys.argv = ["rasa", *%r]
try:
    runpy.run_module("rasa_telemetry.rasa", run_name="__main__", alter_sys=True)
finally:
    close()
"""


class AttachedTest(HostTest):
    """A host with that Rasa installed."""

    def setUp(self) -> None:
        super().setUp()
        self.sent = os.path.join(self.folder, "sent")
        self.rasa = write_rasa(os.path.join(self.folder, "installed"))
        self.variables = {"PYTHONPATH": os.pathsep.join([SOURCES, self.rasa]), "SENT": self.sent}

    def attached(self, program: str, **options: Any) -> str:
        """Runs a program, and checks that Rasa has sent nothing by itself."""
        out = self.run_host("import rasa.telemetry as telemetry\n" + program, **{**self.variables, **options})
        self.assertFalse(os.path.exists(self.sent), "Rasa's own sender was called")
        return out

    def reported(self) -> List[Any]:
        (stream,) = self.streams(1)
        return [(line.get("event"), line.get("properties", line.get("traits"))) for line in stream["lines"]]


class AttachTest(AttachedTest):
    """`attach` alone."""

    def test_what_rasa_gathers_arrives_without_its_own_id(self) -> None:
        self.attached(
            """
print(attach(telemetry), telemetry.initialize_telemetry(), telemetry.get_telemetry_id())
telemetry.track_shell_started("rasa")
telemetry.identify_endpoint_config_traits(None)
"""
        )
        self.assertEqual(self.reported(), [("Shell Started", {"type": "rasa"}), (None, {"tracing_backend": "jaeger"})])

    def test_modules_that_had_taken_the_functions_get_ours_early_or_late(self) -> None:
        for order in ("import rasa.validator; attach(telemetry)", "attach(telemetry); import rasa.validator"):
            with self.subTest(order=order):
                out = self.attached(
                    order
                    + """
rasa.validator._track("Shell Started", {"type": "one"})
rasa.validator.track_shell_started("two")
print(rasa.validator.is_telemetry_enabled is telemetry.is_telemetry_enabled)
"""
                )
                self.assertEqual(out, "True\n")
                found = [properties for _, properties in self.reported()]
                self.assertEqual(found, [{"type": "one"}, {"type": "two"}])

    def test_attaching_often_and_in_threads_reports_once(self) -> None:
        out = self.attached(
            """
answers = []
threads = [threading.Thread(target=lambda: answers.append(attach(telemetry))) for _ in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(set(answers))
with telemetry.track_model_training(None, "nlu"): pass
"""
        )
        self.assertEqual(out, "{True}\n")
        self.assertEqual([event for event, _ in self.reported()], ["Training Started", "Training Completed"])

    def test_a_seam_that_is_another_is_left_as_it_is_and_named_once(self) -> None:
        changes = {
            "_track has gone": ("del telemetry._track", "it has no _track"),
            "_track is called otherwise": (
                "telemetry._track = lambda client, name: None",
                "_track is called in another way",
            ),
            "another way to the network": (
                "exec('def track_page(): requests.post(1)', vars(telemetry))",
                "it reaches the network by track_page",
            ),
            "another way by an import": (
                "exec('def track_page(): import httpx', vars(telemetry))",
                "it reaches the network by track_page",
            ),
            "not a module": ("telemetry = None", "that is not a module"),
        }
        for name, (change, why) in changes.items():
            with self.subTest(change=name):
                out = self.run_host(
                    "import rasa.telemetry as telemetry\nlog_to_stdout()\nlogging.root.setLevel(30)\n"
                    + change
                    + """
before = dict(vars(telemetry)) if telemetry else {}
print(attach(telemetry), attach(telemetry), telemetry is None or before == vars(telemetry))
os.environ["RASA_TELEMETRY_ENABLED"] = "true"
track("Shell Started")
print(enabled())
""",
                    **self.variables,
                )
                line = "rasa_telemetry WARNING Not attached to Rasa 3.99.0: %s. " % why
                line += "This package reports nothing, and Rasa is left as it is\n"
                self.assertEqual(out, line + "False False True\nFalse\n")
                self.assertEqual(self.started, [])

    def test_a_processor_of_logs_passes_on_its_level_and_name_alone(self) -> None:
        self.attached(
            """
attach(telemetry)
line = {"event": "validator.verify", "event_info": "secret", "intent": "secret"}
assert telemetry.track_validation_error_log(None, "error", line) is line
assert telemetry.track_validation_error_log(None, "info", line) is line
assert telemetry.track_validation_error_log(None, "error", None) is None
"""
        )
        self.assertEqual(
            self.reported(), [("Validation Error Logged", {"log_level": "error", "log_id": "validator.verify"})]
        )

    def test_what_the_builder_sends_passes_where_it_is_in_the_catalogue(self) -> None:
        out = self.attached(
            """
_facts.EVENTS = real_events
attach(telemetry)
log_to_stdout()
logging.root.setLevel(30)
telemetry.send_segment_request("url", {"event": "Shell Started", "properties": {"type": "rasa"}}, "key")
telemetry.send_segment_request("url", {"event": "copilot_user_message_sent", "properties": {"text": "hi"}}, "key")
telemetry.send_segment_request("url", None, "key")
"""
        )
        self.assertEqual((out, self.reported()), ("", [("Shell Started", {"type": "rasa"})]))

    def test_nothing_that_rasa_hands_over_raises(self) -> None:
        self.attached(
            """
class Bad(dict):
    def items(self): raise RuntimeError("secret")
attach(telemetry)
for properties in (3, "text", Bad(metrics_id=1), [1], {1: 2}):
    telemetry._track("Shell Started", properties)
    telemetry._identify(properties)
telemetry._track(None)
telemetry._track("Shell Started", {"type": "rasa"})
"""
        )
        self.assertEqual(self.reported()[-1], ("Shell Started", {"type": "rasa"}))

    def test_a_stored_no_or_a_variable_is_asked_for_by_rasas_own_decorator(self) -> None:
        for variables in (
            {"STANDIN_INIT": SWITCHED_OFF},
            {"DO_NOT_TRACK": "1"},
            {"RASA_TELEMETRY_ENABLED": "false"},
        ):
            with self.subTest(variables=variables):
                out = self.attached(
                    """
attach(telemetry)
print(telemetry.is_telemetry_enabled(), telemetry.initialize_telemetry())
telemetry.track_shell_started("rasa")
telemetry._track("Shell Started", {})
""",
                    **variables,
                )
                self.assertEqual(out, "False False\n")
                self.assertNotIn(STREAM, self.started)


class CommandTest(AttachedTest):
    """`python -m rasa_telemetry.rasa ...`."""

    def command(self, *arguments: str, **options: Any) -> str:
        return self.attached(RUN % (list(arguments),), **options)

    def test_workers_are_attached_whatever_way_they_are_started(self) -> None:
        for way in ("fork", "spawn", "forkserver"):
            with self.subTest(way=way):
                # By the interpreter's own `-m`, which is what workers start from.
                out = self.attached(
                    """
command = [sys.executable, "-S", "-m", "rasa_telemetry.rasa", "run", %r]
print(subprocess.run(command, stderr=subprocess.PIPE).stderr.decode(), end="")
"""
                    % way
                )
                self.assertEqual(out, "")
                self.wait_until(lambda: self.count("end") >= 2)
                found = {line["line"].get("properties", {}).get("type") for line in self.recorded("line")}
                self.assertEqual(found, {None, "worker 0", "worker 1"})

    def test_an_error_that_ends_a_command_is_reported_once_with_its_frames(self) -> None:
        for command, stage in (("train", "training"), ("test", "testing")):
            with self.subTest(command=command):
                self.command(command, code=1)
                errors = [found for event, found in self.reported() if event == "Error Encountered"]
                for error in errors:
                    error["frames"] = [(frame["module"], frame["function"]) for frame in error["frames"]]
                # The innermost frame comes first, as in `track_error`.
                frames = [("rasa.engine", "fail")]
                if command == "train":
                    frames.append(("rasa.engine", "fail_in_component"))
                else:
                    frames.append(("rasa.__main__", "main"))
                wanted = {"error_type": "ValueError", "stage": stage, "component": None, "frames": frames}
                self.assertEqual(errors, [wanted])

    def test_rasa_telemetry_asks_and_tells_nobody_and_says_how_it_is(self) -> None:
        out = self.command("telemetry", STANDIN_EXIT="0", STANDIN_STATUS='{"enabled": true}')
        self.assertEqual(out, "now True\n")
        self.assertEqual({tuple(command) for command in self.started}, {("status", "--json")})

    def test_a_choice_that_is_stored_lets_rasa_say_so(self) -> None:
        for choice in ("enable", "disable"):
            with self.subTest(choice=choice):
                out = self.command("telemetry", choice, STANDIN_EXIT="0", STANDIN_STATUS='{"enabled": true}')
                self.assertEqual(out, "now True\nDone\n")
                self.assertEqual(self.started[-1], [choice, "--quiet"])
                self.assertFalse([command for command in self.started if command in (PROBE, INIT, STREAM)])

    def test_a_choice_that_is_not_stored_ends_rasas_command_before_it_says_done(self) -> None:
        said = "rasa-telemetry: Cannot switch telemetry off: the licence keeps it on\n"
        out = self.command("telemetry", "disable", STANDIN_EXIT="3", STANDIN_NOTICE=said, stderr=said, code=3)
        self.assertEqual(out, "now False\n")


class HooksTest(AttachedTest):
    """Errors that nobody catches."""

    def test_an_error_is_reported_and_whoever_saw_it_before_still_does(self) -> None:
        out = self.attached(
            """
from rasa import engine
attach(telemetry)
sys.excepthook = lambda kind, error, trace: print("main", kind.__name__, trace is not None)
threading.excepthook = lambda arguments: print("thread", arguments.exc_type.__name__)
telemetry.initialize_error_reporting()
telemetry.initialize_error_reporting(private_mode=False)
thread = threading.Thread(target=engine.fail)
thread.start()
thread.join()
engine.fail()
""",
            code=1,
        )
        self.assertEqual(out, "thread ValueError\nmain ValueError True\n")
        found = self.reported()
        self.assertEqual(
            [(event, error["error_type"]) for event, error in found], [("Error Encountered", "ValueError")] * 2
        )
        self.assertNotIn("secret", repr(found))

    def test_an_error_is_reported_once_though_a_later_hook_calls_none_before_it(self) -> None:
        for later in ("lambda *_: print('seen')", "lambda *error, ours=sys.excepthook: ours(*error)"):
            with self.subTest(later=later):
                self.attached(
                    "from rasa import engine\nsys.excepthook = lambda *_: None\nattach(telemetry)\n"
                    "telemetry.initialize_error_reporting()\nsys.excepthook = %s\nengine.fail()" % later,
                    code=1,
                )
                self.assertEqual([event for event, _ in self.reported()], ["Error Encountered"])

    def test_ctrl_c_and_errors_of_another_program_are_none_of_rasas(self) -> None:
        for program in ("engine.interrupt()", "raise ValueError('of the program')", "sys.exit(3)"):
            with self.subTest(program=program):
                self.attached(
                    "from rasa import engine\nsys.excepthook = lambda *_: None\nattach(telemetry)\n"
                    "telemetry.initialize_error_reporting()\ntrack('First')\n" + program,
                    code=-2 if "interrupt" in program else 3 if "exit" in program else 1,
                )
                self.assertEqual([event for event, _ in self.reported()], ["First"])
