"""Reports events of a Python program through the `rasa-telemetry` binary.

    import rasa_telemetry
    rasa_telemetry.track("Shell Started", {"type": "rasa"})

Nothing here raises because of telemetry, and nothing waits for the network. A process that reports something starts
one child, `rasa-telemetry stream`, and writes each event as a line to its standard input, a pipe that never blocks:
what doesn't fit is dropped and counted. The child decides about consent, drops whatever isn't documented, and sends;
it goes on with that for some seconds after this process has ended. It is a child like any other: `os.wait()` sees it.

The one thing that is waited for is `init`, before the first event: where the user was never told about telemetry, it
tells them, and may ask. When reports may leave after that is the binary's business alone. Each interpreter runs `init`
once, and so does one that this one starts; processes that are forked after it needn't: a program with workers calls
`enabled()` before it forks them. Where `init` gives no answer, this process reports nothing.

The variables that decide about telemetry are looked at before each event, so that a no which the host sets in
`os.environ` holds from the next event on. The child was started under what held before: it is killed, and what it has
neither sent nor queued is lost. A request that is under way can't be called back.

Processes, threads, forks and signal handlers may report at any time. A process that ends through `os._exit`, as forked
workers of `multiprocessing` do, or by a signal loses nothing but the end of a line that a full pipe had no room for.

Whatever goes wrong is one line on the logger "rasa_telemetry", at level DEBUG, that never quotes a value.
"""

from __future__ import annotations

import atexit
import collections
import datetime
import enum
import errno
import functools
import hashlib
import json
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from importlib import metadata
from types import TracebackType
from typing import Any, Callable, Deque, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Type
from typing import TypeVar, Union, cast

# All at once, and nothing later: a process that is forked while another thread imports can't import that any more.
if sys.platform == "win32":
    import _winapi  # As `subprocess` does: `os.pipe` takes no size.
    import ctypes
    import msvcrt
else:
    import fcntl
    import termios

__all__ = [
    "close",
    "enabled",
    "identify",
    "run_cli",
    "track",
    "track_conversation_count",
    "track_conversation_count_hard_limit",
    "track_conversation_count_soft_limit",
    "track_core_model_test",
    "track_data_convert",
    "track_data_split",
    "track_e2e_test_conversion_completed",
    "track_e2e_test_run",
    "track_enterprise_search_policy_predict",
    "track_enterprise_search_policy_train_completed",
    "track_enterprise_search_policy_train_started",
    "track_error",
    "track_inspect_started",
    "track_interactive_learning_start",
    "track_intentless_policy_predict",
    "track_intentless_policy_train",
    "track_intentless_policy_train_completed",
    "track_markers_extracted",
    "track_markers_extraction_initiated",
    "track_markers_parsed_count",
    "track_markers_stats_computed",
    "track_model_training",
    "track_nlu_model_test",
    "track_project_init",
    "track_response_rephrase",
    "track_server_start",
    "track_shell_started",
    "track_tracker_export",
    "track_validate_files",
    "track_visualization",
]

_log = logging.getLogger("rasa_telemetry")
_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False)
_BINARY_NAME = "rasa-telemetry.exe" if sys.platform == "win32" else "rasa-telemetry"

# The most that the server takes of one event.
_MAX_LINE_BYTES = 32 * 1024
_MAX_EVENT_CHARACTERS = 200
_MAX_DEPTH = 32
# Lines wait in memory only while another thread is at the pipe, or `init` has not answered.
_MAX_WAITING_LINES = 1_000
# What the child has not read yet. The usual 64 KiB are full before it has started.
_PIPE_BYTES = 256 * 1024
# How long after a child's end the next is started; after the last of them, no more.
_RESTART_SECONDS = (0.0, 5.0, 60.0)
# How long `init` may take, and how long it may wait for an answer where it can ask.
_INIT_SECONDS = 2.0
_QUESTION_SECONDS = 30.0
# For the end of a line that the pipe had no room for.
_FLUSH_SECONDS = 1.0
# How long the end of this process waits for its child: in debug mode, so that all reports are shown before the prompt;
# and where the end of the first process of a container may be near, which ends all others without warning.
_DEBUG_SECONDS = 5.0
_CONTAINER_SECONDS = 2.0
_POLL_SECONDS = 0.005
# What the binary ends with where its arguments make no sense to it.
_USAGE_ERROR = 2
# What the system answers where a file is not a program that may be started here.
_UNUSABLE_ERRORS = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENOEXEC)
# What the answer of `init` depends on, and whether it is asked at all.
_CONSENT_VARIABLES = (
    "RASA_TELEMETRY_ENABLED",
    "DO_NOT_TRACK",
    "RASA_TELEMETRY_DEBUG",
    "RASA_TELEMETRY_HOME",
    "RASA_TELEMETRY_BINARY",
    "HOME",
    "USERPROFILE",
    "ProgramData",
    "RASA_LICENSE",
    "RASA_PRO_LICENSE",
)


def track(
    event: str, properties: Optional[Mapping[str, Any]] = None, context: Optional[Mapping[str, Any]] = None
) -> None:
    """Reports an event of the catalogue (`rasa-telemetry events`).

    A property that JSON can't carry (NaN, an object of your own) is left out and the rest goes; an event of more than
    32 KB is dropped. `context` replaces what is found out here: `python` and `rasa_pro`, both versions.
    """
    if isinstance(event, str) and 0 < len(event) <= _MAX_EVENT_CHARACTERS:
        _record({"event": event}, "properties", {} if properties is None else properties, context)
    else:
        _log.debug("Dropped an event: its name can't be one")


def identify(traits: Mapping[str, Any], context: Optional[Mapping[str, Any]] = None) -> None:
    """Reports traits of the installation, once at the start of a server. Otherwise as `track`."""
    _record({}, "traits", traits, context)


def enabled() -> bool:
    """Whether events of this process go anywhere: for a caller to whom its properties are work.

    Asks `init`, unless this process has done so. A program calls it before it forks workers.
    """
    try:
        return _current().settle(wait=True) is not _Mode.OFF
    except KeyboardInterrupt as error:
        raise error.with_traceback(None) from None  # As in `_record`.
    except Exception as error:
        _log.debug("Telemetry can't be asked: %s", type(error).__name__)
        return False


def close(wait: Optional[float] = None) -> None:
    """Lets the child deliver what it has, and end. Runs by itself when the interpreter ends; a later event starts anew.

    `wait` is how many seconds to wait at most until the child has ended. By default that is none, but for debug mode
    and for the first process of a container and its children, whose end may be the end of all.
    """
    try:
        stream = _current()
        if wait is None:
            wait = _DEBUG_SECONDS if _mode is _Mode.DEBUG else _CONTAINER_SECONDS if _is_near_first_process() else 0.0
        stream.close(wait)
    except Exception as error:
        _log.debug("Could not close telemetry: %s", type(error).__name__)


def run_cli(arguments: Sequence[str]) -> int:
    """Runs the binary in the foreground, as for `rasa telemetry enable|disable|status`, and gives its exit code."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
        code = subprocess.call([_find_binary(), *arguments])
    except (_Unusable, OSError) as error:
        reason = error if isinstance(error, _Unusable) else "the binary can't be started (%s)" % error.strerror
        print("rasa-telemetry: %s" % reason, file=sys.stderr)
        return 1
    if arguments and arguments[0] in ("enable", "disable"):
        _forget_answer()
    return code if code >= 0 else 128 - code


_Function = TypeVar("_Function", bound=Callable[..., None])


def _harmless(function: _Function) -> _Function:
    """Makes a function that reports something costless where telemetry is off, and unable to raise."""

    @functools.wraps(function)
    def report(*arguments: Any, **options: Any) -> None:
        try:
            if _mode is not _Mode.OFF or not _is_known():
                function(*arguments, **options)
        except Exception as error:
            _log.debug("Dropped %s: %s", function.__name__, type(error).__name__)

    return cast(_Function, report)


def track_model_training(
    properties: Union[Mapping[str, Any], Callable[[], Mapping[str, Any]]], model_type: str, is_finetuning: bool = False
) -> _Training:
    """Reports a training as a context manager: Training Started, then Training Completed or Failed with its runtime.

    `properties` are those of Training Started, or a function that finds them out, which is called only where telemetry
    is on and may fail. The type, the training's random id and `is_finetuning` are added. Exceptions pass through.
    """
    return _Training(properties, model_type, is_finetuning)


@_harmless
def track_intentless_policy_train() -> None:
    """Intentless Policy Training Started"""
    track("Intentless Policy Training Started")


@_harmless
def track_intentless_policy_train_completed(
    embeddings_type: Optional[str] = None,
    embeddings_model: Optional[str] = None,
    embeddings_model_group_id: Optional[str] = None,
    llm_type: Optional[str] = None,
    llm_model: Optional[str] = None,
    llm_model_group_id: Optional[str] = None,
) -> None:
    """Intentless Policy Training Completed"""
    track("Intentless Policy Training Completed", dict(locals()))


@_harmless
def track_intentless_policy_predict(
    embeddings_type: Optional[str] = None,
    embeddings_model: Optional[str] = None,
    embeddings_model_group_id: Optional[str] = None,
    llm_type: Optional[str] = None,
    llm_model: Optional[str] = None,
    llm_model_group_id: Optional[str] = None,
    score: Optional[float] = None,
) -> None:
    """Intentless Policy Predicted"""
    track("Intentless Policy Predicted", dict(locals()))


@_harmless
def track_enterprise_search_policy_train_started() -> None:
    """Enterprise Search Policy Training Started"""
    track("Enterprise Search Policy Training Started")


@_harmless
def track_enterprise_search_policy_train_completed(*details: Any, **named: Any) -> None:
    """Enterprise Search Policy Training Completed; the arguments are those of the prediction."""
    track("Enterprise Search Policy Training Completed", _search_policy(*details, **named))


@_harmless
def track_enterprise_search_policy_predict(*details: Any, **named: Any) -> None:
    """Enterprise Search Policy Predicted

    The arguments: vector_store_type, embeddings_type, embeddings_model, embeddings_model_group_id, llm_type, llm_model,
    llm_model_group_id and citation_enabled. What Rasa gives beyond them is not in the catalogue, and not reported.
    """
    track("Enterprise Search Policy Predicted", _search_policy(*details, **named))


@_harmless
def track_core_model_test(num_story_steps: int, e2e: bool, agent: Any = None, *, project: Optional[str] = None) -> None:
    """Model Core Tested; the project's fingerprint is the given one, or that of the agent's model."""
    if project is None:
        project = getattr(
            getattr(getattr(agent, "processor", None), "model_metadata", None), "project_fingerprint", None
        )
    track("Model Core Tested", {"project": project, "end_to_end": e2e, "num_story_steps": num_story_steps})


@_harmless
def track_nlu_model_test(test_data: Any) -> None:
    """Model NLU Tested, with the sizes of the test data's parts"""
    track(
        "Model NLU Tested",
        {
            "num_intent_examples": len(test_data.intent_examples),
            "num_entity_examples": len(test_data.entity_examples),
            "num_lookup_tables": len(test_data.lookup_tables),
            "num_synonyms": len(test_data.entity_synonyms),
            "num_regexes": len(test_data.regex_features),
        },
    )


@_harmless
def track_e2e_test_run(
    input_test_cases: Sequence[Any], input_fixtures: Sequence[Any], input_metadata: Sequence[Any]
) -> None:
    """E2E Test Run Started, with how many assertions of each type the steps of the test cases make"""
    counts = dict.fromkeys(_ASSERTIONS, 0)
    used = False
    for case in input_test_cases:
        for step in getattr(case, "steps", ()):
            for assertion in getattr(step, "assertions", None) or ():
                used = True
                if assertion.type in counts:
                    counts[assertion.type] += 1
    track(
        "E2E Test Run Started",
        {
            "number_of_test_cases": len(input_test_cases),
            "number_of_fixtures": len(input_fixtures),
            "number_of_metadata": len(input_metadata),
            "uses_fixtures": len(input_fixtures) > 0,
            "uses_metadata": len(input_metadata) > 0,
            "uses_assertions": used,
            **({"%s_count" % name: count for name, count in counts.items()} if used else {}),
        },
    )


@_harmless
def track_e2e_test_conversion_completed(file_type: str, test_case_count: int) -> None:
    """E2E Test Conversion Completed; the type may be a file's suffix, with its dot."""
    track("E2E Test Conversion Completed", {"file_type": file_type.lstrip("."), "test_case_count": test_case_count})


@_harmless
def track_server_start(
    input_channels: Iterable[Any],
    endpoints: Any,
    model_directory: Optional[str],
    number_of_workers: int,
    is_api_enabled: bool,
    *,
    project: Optional[str] = None,
    assistant_id: Optional[str] = None,
) -> None:
    """Server Started

    Channels are names or have a method `name`; endpoints have the attributes of Rasa's own, of which the types are
    reported. The folder of the model is not: `project` is the fingerprint in its metadata.
    """
    types = {name: getattr(getattr(endpoints, attribute, None), "type", None) for name, attribute in _ENDPOINTS}
    track(
        "Server Started",
        {
            "input_channels": [channel if isinstance(channel, str) else channel.name() for channel in input_channels],
            "api_enabled": is_api_enabled,
            "number_of_workers": number_of_workers,
            **types,
            "project": project,
            "assistant_id": assistant_id,
        },
    )


@_harmless
def track_shell_started(model_type: str, assistant_id: Optional[str] = None) -> None:
    """Shell Started"""
    track("Shell Started", {"type": model_type, "assistant_id": assistant_id})


@_harmless
def track_inspect_started(channel: str, assistant_id: Optional[str] = None) -> None:
    """Inspect Started"""
    track("Inspect Started", {"type": channel, "assistant_id": assistant_id})


@_harmless
def track_interactive_learning_start(skip_visualization: bool, save_in_e2e: bool) -> None:
    """Interactive Learning Started"""
    track("Interactive Learning Started", {"skip_visualization": skip_visualization, "save_in_e2e": save_in_e2e})


@_harmless
def track_response_rephrase(
    rephrase_all: bool,
    custom_prompt_template: Optional[str] = None,
    llm_type: Optional[str] = None,
    llm_model: Optional[str] = None,
    llm_model_group_id: Optional[str] = None,
) -> None:
    """Response Rephrased; of the prompt only whether there is one leaves this process."""
    track("Response Rephrased", {**locals(), "custom_prompt_template": bool(custom_prompt_template)})


@_harmless
def track_conversation_count(conversation_count: int, tracked_month: datetime.date) -> None:
    """Conversation Count"""
    _track_conversations("Conversation Count", conversation_count, tracked_month)


@_harmless
def track_conversation_count_soft_limit(conversation_count: int, tracked_month: datetime.date) -> None:
    """Conversation Soft Limit Reached"""
    _track_conversations("Conversation Soft Limit Reached", conversation_count, tracked_month)


@_harmless
def track_conversation_count_hard_limit(conversation_count: int, tracked_month: datetime.date) -> None:
    """Conversation Hard Limit Reached"""
    _track_conversations("Conversation Hard Limit Reached", conversation_count, tracked_month)


@_harmless
def track_data_split(fraction: float, data_type: str) -> None:
    """Training Data Split"""
    track("Training Data Split", {"fraction": fraction, "type": data_type})


@_harmless
def track_validate_files(validation_success: bool) -> None:
    """Training Data Validated"""
    track("Training Data Validated", {"validation_success": validation_success})


@_harmless
def track_data_convert(output_format: str, data_type: str) -> None:
    """Training Data Converted"""
    track("Training Data Converted", {"output_format": output_format, "type": data_type})


@_harmless
def track_tracker_export(number_of_exported_events: int, tracker_store: Any, event_broker: Any) -> None:
    """Tracker Exported; the store and the broker are types' names, or objects of those types."""
    track(
        "Tracker Exported",
        {
            "number_of_exported_events": number_of_exported_events,
            "tracker_store": _type_name(tracker_store),
            "event_broker": _type_name(event_broker),
        },
    )


@_harmless
def track_visualization() -> None:
    """Story Visualization Started"""
    track("Story Visualization Started")


@_harmless
def track_markers_extraction_initiated(strategy: str, only_extract: bool, seed: bool, count: Optional[int]) -> None:
    """Markers Extraction Initiated"""
    track("Markers Extraction Initiated", {**locals(), "seed": bool(seed)})


@_harmless
def track_markers_extracted(trackers_count: int) -> None:
    """Markers Extracted"""
    track("Markers Extracted", {"trackers_count": trackers_count})


@_harmless
def track_markers_stats_computed(trackers_count: int) -> None:
    """Markers Statistics Computed"""
    track("Markers Statistics Computed", {"trackers_count": trackers_count})


@_harmless
def track_markers_parsed_count(marker_count: int, max_depth: int, branching_factor: int) -> None:
    """Markers Parsed"""
    track("Markers Parsed", dict(locals()))


@_harmless
def track_error(error: BaseException, stage: str = "other", component: Optional[str] = None) -> None:
    """Error Encountered: the error's type, and where in Rasa's own package it happened; never its message."""
    frames: Deque[Dict[str, Any]] = collections.deque(maxlen=_MAX_FRAMES)
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__")
        if isinstance(module, str) and (module + ".").startswith("rasa."):
            name = trace.tb_frame.f_code.co_name
            frames.appendleft({"module": module, "function": name, "line": trace.tb_lineno})
        trace = trace.tb_next
    track(
        "Error Encountered",
        {"error_type": type(error).__name__, "stage": stage, "component": component, "frames": list(frames)},
    )


@_harmless
def track_project_init(path: str) -> None:
    """Project Created; of the path only a hash leaves this process."""
    digest = hashlib.sha256(os.fsencode(os.path.abspath(path))).hexdigest()
    track("Project Created", {"init_directory": digest})


_MAX_FRAMES = 20
_ASSERTIONS = (
    "flow_started",
    "flow_completed",
    "flow_cancelled",
    "pattern_clarification_contains",
    "action_executed",
    "slot_was_set",
    "slot_was_not_set",
    "bot_uttered",
    "generative_response_is_relevant",
    "generative_response_is_grounded",
)
_ENDPOINTS = (
    ("endpoints_nlg", "nlg"),
    ("endpoints_nlu", "nlu"),
    ("endpoints_action_server", "action"),
    ("endpoints_model_server", "model"),
    ("endpoints_tracker_store", "tracker_store"),
    ("endpoints_lock_store", "lock_store"),
    ("endpoints_event_broker", "event_broker"),
)


def _search_policy(
    vector_store_type: Optional[str] = None,
    embeddings_type: Optional[str] = None,
    embeddings_model: Optional[str] = None,
    embeddings_model_group_id: Optional[str] = None,
    llm_type: Optional[str] = None,
    llm_model: Optional[str] = None,
    llm_model_group_id: Optional[str] = None,
    citation_enabled: Optional[bool] = None,
    *_: Any,
    **__: Any,
) -> Dict[str, Any]:
    return {name: value for name, value in locals().items() if not name.startswith("_")}


def _track_conversations(event: str, count: int, month: datetime.date) -> None:
    track(event, {"conversation_count": count, "year": month.year, "month": month.month})


def _type_name(value: Any) -> str:
    return value if isinstance(value, str) else type(value).__name__


class _Training:
    """See `track_model_training`."""

    def __init__(self, properties: Any, model_type: str, is_finetuning: bool) -> None:
        self._properties = properties
        self._is_finetuning = is_finetuning
        self._common: Dict[str, Any] = {"training_id": os.urandom(16).hex(), "type": model_type}
        self._since = 0.0

    def __enter__(self) -> None:
        if enabled():
            started = self._gather()
            if "assistant_id" in started:
                self._common["assistant_id"] = started["assistant_id"]
            track("Training Started", {**started, **self._common, "is_finetuning": self._is_finetuning})
        self._since = time.monotonic()

    def __exit__(
        self, error: Optional[Type[BaseException]], _: Optional[BaseException], __: Optional[TracebackType]
    ) -> None:
        event = "Training Completed" if error is None else "Training Failed"
        track(event, {**self._common, "runtime": int(time.monotonic() - self._since)})

    def _gather(self) -> Dict[str, Any]:
        try:
            return dict(self._properties() if callable(self._properties) else self._properties)
        except Exception as error:
            _log.debug("Properties of a training can't be found out: %s", type(error).__name__)
            return {}


class _Mode(enum.Enum):
    """What this process does with its events."""

    UNASKED = "`init` has not run yet"
    DELIVER = "its child takes them, and sends what may leave"
    DEBUG = "its child shows them"
    OFF = "nothing is started: telemetry is off, there is no binary, or `init` gave no answer"


class _Dropped(Exception):
    """Why an event goes nowhere."""


class _Unusable(_Dropped):
    """Why no event of this process can go anywhere."""


def _record(head: Dict[str, Any], key: str, content: Any, context: Any) -> None:
    """Hands one report to the child. The one place that catches everything."""
    what = "an event" if head else "traits"
    try:
        stream = _current()
        if stream.settle(wait=False) is _Mode.OFF:
            return
        stream.send(_encode(head, key, content, context))
    except _Dropped as error:
        _log.debug("Dropped %s: %s", what, error)
    except KeyboardInterrupt as error:
        # The host's own. What it interrupted in here is nothing that a user should have to read.
        raise error.with_traceback(None) from None
    except Exception as error:
        # The class alone: a message may quote what the caller passed.
        _log.debug("Dropped %s: %s", what, type(error).__name__)


class _Stream:
    """The way of this process's events to its one child: the lines that wait, the pipe, the child at its other end.

    Any thread puts its line with those that wait; whoever gets the lock takes them to the pipe, the others go on.
    """

    def __init__(self) -> None:
        self.process = os.getpid()
        # Re-entrant, so that a signal's handler learns from `busy` that the code it interrupted was in here.
        self.lock = threading.RLock()
        self.busy = False
        self.waiting: Deque[bytes] = collections.deque()
        # The end of a line of which the pipe has the beginning.
        self.rest = b""
        # Set while it isn't known how much of a line the pipe has: stays where an exception comes out of a handler.
        self.torn = False
        # The reading end is kept: so the child's death neither ends this process (SIGPIPE), nor loses what the child
        # had not read yet. The next child reads it.
        self.reader: Optional[_PipeEnd] = None
        self.writer: Optional[_PipeEnd] = None
        self.child: Optional[_Child] = None
        # Children that were let go and have not been seen to end.
        self.leaving: List[_Child] = []
        self.deaths = 0
        self.restart_at = 0.0
        self.dropped = 0

    def settle(self, wait: bool) -> _Mode:
        """The mode, once it is known; the first to come runs `init`. Without `wait` the others go on meanwhile."""
        if not wait and _is_known():
            return _mode
        if not self.lock.acquire(wait):
            return _mode
        try:
            # Whoever a handler has interrupted at the pipe asks again for the next line.
            return _mode if self.busy else _ask()
        except _Unusable as error:
            self.switch_off(error)
            return _mode
        finally:
            self.lock.release()

    def send(self, line: bytes) -> None:
        if len(self.waiting) < _MAX_WAITING_LINES:
            self.waiting.append(line)
        else:
            self.drop()
        self.pump()

    def pump(self) -> None:
        """Takes the lines that wait to the pipe, unless somebody is at it: who then looks again before they leave."""
        while self.waiting and self.lock.acquire(False):
            try:
                if self.busy:
                    return
                try:
                    self.busy = True
                    self.drain()
                finally:
                    self.busy = False
            finally:
                self.lock.release()

    def drain(self) -> None:
        try:
            while self.waiting:
                # For each line: the host may have said no since the last.
                if _ask() is _Mode.OFF:
                    self.waiting.clear()
                    return
                self.tend(time.monotonic())
                self.write(self.waiting.popleft())
        except _Unusable as error:
            self.switch_off(error)

    def tend(self, now: float) -> None:
        """Sees to it that there is a pipe, and a child that reads it, or one to come. Throws `_Unusable`."""
        self.collect()
        if self.writer is not None and not self.writer.is_ours():
            # The host has closed what it didn't know, as programs do that become daemons.
            self.let_go()
        if self.child is not None:
            code = self.child.poll()
            if code is None:
                return
            self.child = None
            if code == _USAGE_ERROR:
                raise _Unusable("the binary is older than this module and has no `stream`")
            self.note_death(now)
        if self.writer is None:
            self.reader, self.writer = _make_pipe()
        if now >= self.restart_at:
            self.start(now)

    def start(self, now: float) -> None:
        assert self.reader is not None
        try:
            self.child = _start_child([_find_binary(), "stream"], self.reader.number, _mode is _Mode.DEBUG)
        except OSError as error:
            _raise_unusable(error)
            self.note_death(now)
            raise

    def note_death(self, now: float) -> None:
        self.deaths += 1
        if self.deaths > len(_RESTART_SECONDS):
            raise _Unusable("the `stream` process ended %d times" % self.deaths)
        self.restart_at = now + _RESTART_SECONDS[self.deaths - 1]
        _log.debug("The `stream` process has ended or could not be started")

    def write(self, line: bytes) -> None:
        """Writes a line, as much of it as fits; a line of which nothing fits is dropped."""
        if not self.write_rest():
            self.drop()
            return
        self.torn = True
        written = self.put(line)
        self.rest = line[written:] if written > 0 else b""
        self.torn = False
        if written == 0:
            self.drop()

    def write_rest(self) -> bool:
        """Writes what is left of a line; whether nothing is left any more."""
        if self.torn:
            # Ends whatever is in the pipe: the child skips a line that makes no sense, and one that is empty.
            self.rest, self.torn = b"\n", False
        if self.rest:
            self.torn = True
            self.rest = self.rest[self.put(self.rest) :]
            self.torn = False
        return not self.rest

    def put(self, data: bytes) -> int:
        try:
            return os.write(self.writer.number, data) if self.writer is not None else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            # What Windows says where a pipe is full.
            if error.errno == errno.ENOSPC:
                return 0
            raise

    def drop(self) -> None:
        self.dropped += 1
        if self.dropped & (self.dropped - 1) == 0:
            _log.debug("Dropped an event: the pipe is full (%d so far)", self.dropped)

    def close(self, wait: float) -> None:
        if not self.lock.acquire(timeout=_FLUSH_SECONDS):
            return
        try:
            # A handler that interrupted an event can't end it; the end of the interpreter does.
            if self.busy:
                return
            try:
                self.busy = True
                self.finish()
            finally:
                self.busy = False
        finally:
            self.lock.release()
        until = time.monotonic() + wait
        while self.collect() and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        # For whoever reported something meanwhile.
        self.pump()

    def finish(self) -> None:
        try:
            if self.waiting:
                self.drain()
            if _has_changed():
                self.abandon()
            elif self.writer is not None:
                # Now or never: there may be lines in the pipe that a child which died had not read.
                self.restart_at = 0.0
                self.tend(time.monotonic())
                self.flush(time.monotonic() + _FLUSH_SECONDS)
        except _Unusable as error:
            self.switch_off(error)
        finally:
            self.let_go()
        if self.dropped > 0:
            _log.debug("Events dropped because the pipe was full: %d", self.dropped)
            self.dropped = 0

    def flush(self, until: float) -> None:
        """Waits until the pipe has had room for the rest of a line, while somebody reads it."""
        while not self.write_rest() and time.monotonic() < until:
            if self.child is None or self.child.poll() is not None:
                return
            time.sleep(_POLL_SECONDS)

    def collect(self) -> bool:
        """Collects the children that have ended; whether any has not."""
        if self.leaving and self.lock.acquire(False):
            try:
                self.leaving = [child for child in self.leaving if child.poll() is None]
            finally:
                self.lock.release()
        return bool(self.leaving)

    def let_go(self) -> None:
        """Gives the child the end of its input. It delivers what it has, and ends by itself."""
        for end in (self.writer, self.reader):
            if end is not None:
                end.close()
        self.writer = self.reader = None
        self.rest, self.torn = b"", False
        if self.child is not None:
            self.leaving.append(self.child)
            self.child = None

    def abandon(self) -> None:
        """Kills the children and throws away what is in the pipe: what they were started under holds no more."""
        if self.child is not None:
            self.leaving.append(self.child)
            self.child = None
        for child in self.leaving:
            # The number of one that was collected may be somebody else's by now.
            if child.poll() is None:
                child.kill()
        self.let_go()

    def switch_off(self, reason: _Unusable) -> None:
        global _mode
        if _mode is not _Mode.OFF:
            _mode = _Mode.OFF
            _log.debug("Telemetry does nothing in this process: %s", reason)
        self.waiting.clear()
        self.let_go()

    def leave_to_parent(self) -> None:
        """Forgets what belongs to the process that this one was forked from; the pipe then ends when that one wants."""
        self.child = None
        self.waiting.clear()
        self.let_go()
        self.leaving = []


_Variables = Tuple[Optional[str], ...]

_mode = _Mode.UNASKED
# What the variables said when the mode was found out.
_asked_under: _Variables = ()
_stream = _Stream()


def _current() -> _Stream:
    # A fork that Python wasn't told of: C code can do that.
    if _stream.process != os.getpid():
        _after_fork_in_child()
    return _stream


def _after_fork_in_child() -> None:
    """Starts anew, with a lock that no thread of the parent holds.

    The mode is kept: who forks after `init`, or while it runs, must not be asked again.
    """
    global _stream
    _stream.leave_to_parent()
    _stream = _Stream()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


@atexit.register
def _close_at_exit() -> None:
    try:
        close()
    except KeyboardInterrupt:
        pass  # Whoever waits for the end has waited enough.


def _ask() -> _Mode:
    """The mode; finds it out where it isn't known for these variables. Called with the lock. Throws `_Unusable`."""
    global _mode, _asked_under
    if _is_known():
        return _mode
    if _has_changed():
        _log.debug("Telemetry starts anew: a variable that decides about it has changed")
        _stream.abandon()
    variables = _read_variables()
    # Again: a handler may have been here, and nothing comes between this question and the next line.
    if _mode is _Mode.UNASKED or variables != _asked_under:
        # Stays in a process that is forked meanwhile. It must not ask again, and its child knows what may leave.
        _mode, _asked_under = _Mode.DELIVER, variables
        try:
            _find_binary()
            answer = _Mode.DEBUG if _is_debug() else _run_init()
        except BaseException as error:
            # Ctrl-C at the question, say. Nothing was answered, and this process doesn't ask again.
            reason = "waiting for `init` ended with %s" % type(error).__name__
            _stream.switch_off(error if isinstance(error, _Unusable) else _Unusable(reason))
            raise
        # Otherwise a handler has changed a variable, and asked anew.
        if _asked_under is variables:
            _mode = answer
        if _mode is _Mode.OFF:
            _log.debug("Telemetry does nothing in this process: it is off")
    return _mode


def _is_known() -> bool:
    return _mode is not _Mode.UNASKED and _read_variables() == _asked_under


def _has_changed() -> bool:
    return _mode is not _Mode.UNASKED and _read_variables() != _asked_under


def _read_variables() -> _Variables:
    return tuple(map(os.environ.get, _CONSENT_VARIABLES))


def _is_debug() -> bool:
    return os.environ.get("RASA_TELEMETRY_DEBUG", "").lower() not in ("", "0", "false", "no", "off")


def _forget_answer() -> None:
    """The user has just decided: what was found out before is void."""
    global _mode
    close()
    _mode = _Mode.UNASKED


def _run_init() -> _Mode:
    """Lets the user be told, in the foreground. Throws `_Unusable` where no answer comes that makes sense."""
    # Without `close_fds`, Python before 3.10 starts a process without copying this one's memory tables first.
    options: Dict[str, Any] = {"close_fds": sys.version_info >= (3, 10) or sys.platform == "win32"}
    reads = _may_read_terminal()
    asks = reads and os.isatty(0) and os.isatty(2)
    stdin = None if reads else subprocess.DEVNULL
    modes = _read_terminal_modes() if asks else None
    try:
        child = _PopenChild([_find_binary(), "init", "--json"], stdin=stdin, stdout=subprocess.PIPE, **options)
    except OSError as error:
        _raise_unusable(error)
        return _Mode.DELIVER  # The fault may pass. Nobody was told, and nothing leaves before somebody was.
    try:
        text, _ = child.communicate(timeout=_INIT_SECONDS + (_QUESTION_SECONDS if asks else 0.0))
    except subprocess.TimeoutExpired:
        raise _Unusable("`init` doesn't end") from None
    finally:
        if child.returncode is None:
            child.kill()
            _stream.leaving.append(child)
        if child.stdout is not None:
            child.stdout.close()
        if child.returncode != 0 and modes is not None:
            _restore_terminal_modes(modes)
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    is_on = answer.get("enabled") if isinstance(answer, dict) else None
    if not isinstance(is_on, bool):
        raise _Unusable("`init` gave no answer that makes sense")
    return _Mode.DELIVER if is_on else _Mode.OFF


def _may_read_terminal() -> bool:
    """Whether `init` may ask. The system stops a background job that reads its terminal, and this process with it."""
    if sys.platform == "win32":
        return True
    try:
        return not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return True  # A terminal, but not the one that controls this process.


def _read_terminal_modes() -> Optional[List[Any]]:
    if sys.platform != "win32":
        try:
            return termios.tcgetattr(0)
        except termios.error:
            pass  # The terminal is gone.
    return None


def _restore_terminal_modes(modes: List[Any]) -> None:
    """`init` may have been ended in the middle of a question, for which it had set others."""
    # Unless the user has put this process into the background meanwhile: the system would stop it.
    if sys.platform != "win32" and _may_read_terminal():
        try:
            termios.tcsetattr(0, termios.TCSANOW, modes)
        except termios.error:
            pass  # The terminal is gone.


def _is_near_first_process() -> bool:
    return sys.platform != "win32" and 1 in (os.getpid(), os.getppid())


def _find_binary() -> str:
    """The binary's absolute path. Throws `_Unusable`."""
    return _find_named(os.environ.get("RASA_TELEMETRY_BINARY", ""))


@functools.lru_cache(maxsize=1)
def _find_named(named: str) -> str:
    """The path for what the variable says, found once: the working folder may change."""
    if named:
        candidates = [os.path.abspath(named)]
    else:
        folders = [os.path.dirname(os.path.abspath(__file__))]
        # Without relative entries, and without the search of the working folder that Windows adds: whoever made a
        # project must not choose which program runs in it.
        folders += filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep))
        candidates = [os.path.join(folder, _BINARY_NAME) for folder in folders]
    for candidate in candidates:
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    raise _Unusable("RASA_TELEMETRY_BINARY is not a program" if named else "there is no rasa-telemetry binary")


def _raise_unusable(error: OSError) -> None:
    """Throws `_Unusable` where starting the binary again would end in the same way."""
    if error.errno in _UNUSABLE_ERRORS:
        raise _Unusable("the binary can't be started (%s)" % error.strerror) from None


class _PipeEnd:
    """An open file of this process. The host may close any number, and open something of its own under it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._identity = self._identify()

    def is_ours(self) -> bool:
        try:
            return self.number >= 0 and self._identify() == self._identity
        except OSError:
            return False

    def close(self) -> None:
        number, ours = self.number, self.is_ours()
        # First: a handler that forks now must find neither end twice.
        self.number = -1
        if ours:
            os.close(number)

    def _identify(self) -> Tuple[int, int, int]:
        status = os.fstat(self.number)
        return status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode)


if sys.platform == "win32":

    def _make_pipe() -> Tuple[_PipeEnd, _PipeEnd]:
        """A pipe whose writing end never blocks."""
        handles = _winapi.CreatePipe(None, _PIPE_BYTES)
        reader, writer = (_PipeEnd(msvcrt.open_osfhandle(handle, 0)) for handle in handles)
        mode = ctypes.c_ulong(1)  # PIPE_NOWAIT
        if not ctypes.windll.kernel32.SetNamedPipeHandleState(
            ctypes.c_void_p(handles[1]), ctypes.byref(mode), None, None
        ):
            raise _Unusable("there is no pipe that doesn't block")
        return reader, writer

else:

    def _make_pipe() -> Tuple[_PipeEnd, _PipeEnd]:
        """A pipe whose writing end never blocks."""
        reader, writer = (_above_standard(number) for number in os.pipe())
        os.set_blocking(writer, False)
        if sys.platform == "linux":
            try:
                fcntl.fcntl(writer, 1031, _PIPE_BYTES)  # F_SETPIPE_SZ, which has a name from Python 3.10 on.
            except OSError:
                pass  # The system is short of such memory: then the usual size has to do.
        return _PipeEnd(reader), _PipeEnd(writer)

    def _above_standard(number: int) -> int:
        """A host without standard streams must not take the pipe for one of them."""
        if number > 2:
            return number
        moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
        os.close(number)
        return moved


class _SpawnedChild:
    """A child of `posix_spawn`, with as much of `Popen` as is needed here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: Optional[int] = None

    def poll(self) -> Optional[int]:
        if self.returncode is None and sys.platform != "win32":
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = 0  # It has ended, and somebody else in the host has collected it.
            else:
                if pid == self.pid:
                    self.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        return self.returncode

    def kill(self) -> None:
        if sys.platform != "win32":
            os.kill(self.pid, signal.SIGKILL)


class _PopenChild(subprocess.Popen):  # type: ignore[type-arg]  # Popen takes no parameter before Python 3.9
    """A process that may outlive this one, so that `Popen.__del__` has no cause to warn of it."""

    def __del__(self) -> None:
        pass


_Child = Union[_SpawnedChild, _PopenChild]


def _start_child(command: List[str], stdin: int, shown: bool) -> _Child:
    """Starts a program in a session of its own, out of reach of the terminal's signals, with no file but its input."""
    if sys.platform != "win32":
        try:
            return _SpawnedChild(_posix_spawn(command, stdin, shown))
        except (AttributeError, NotImplementedError, OSError, ValueError):
            pass  # Not here, without sessions, no list of files, a variable that it doesn't take; or Popen fails too.
    output = None if shown else subprocess.DEVNULL
    options: Dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": 0x0800_0000 | 0x0000_0200}  # CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP
    return _PopenChild(command, stdin=stdin, stdout=output, stderr=output, close_fds=True, **options)


def _posix_spawn(command: List[str], stdin: int, shown: bool) -> int:
    """Takes the same time whatever the host's size, unlike `Popen` before Python 3.10, and sets signals right."""
    if sys.platform == "win32":
        raise NotImplementedError
    actions: List[Any] = [(os.POSIX_SPAWN_DUP2, stdin, 0)]
    if not shown:
        actions += [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    actions += [(os.POSIX_SPAWN_CLOSE, number) for number in _inheritable_files()]
    return os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=actions,
        setsid=True,
        # The thread that happens to start it may have blocked signals; Python itself ignores these two.
        setsigmask=[],
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )


def _inheritable_files() -> Iterator[int]:
    for name in os.listdir("/proc/self/fd" if sys.platform == "linux" else "/dev/fd"):
        try:
            if int(name) > 2 and os.get_inheritable(int(name)):
                yield int(name)
        except OSError:
            continue  # The listing's own, or closed meanwhile by another thread.


def _encode(head: Dict[str, Any], key: str, content: Any, context: Any) -> bytes:
    """One line of ASCII, without the keys whose values JSON can't carry. Throws `_Dropped`."""
    if not isinstance(content, Mapping) or not (context is None or isinstance(context, Mapping)):
        raise _Dropped("its %s or its context is not a mapping" % key)
    room = [_MAX_LINE_BYTES]
    now = datetime.datetime.now(datetime.timezone.utc)
    line = {
        **head,
        key: _carry(content, room, ()),
        "context": _default_context() if context is None else _carry({**_default_context(), **context}, room, ()),
        "timestamp": now.isoformat(timespec="milliseconds")[:-6] + "Z",
    }
    data = _encoder.encode(line).encode("ascii") + b"\n"
    if len(data) > _MAX_LINE_BYTES:
        raise _Dropped("more than %d bytes" % _MAX_LINE_BYTES)
    return data


def _carry(value: Any, room: List[int], above: Tuple[int, ...]) -> Any:
    """The value as JSON can carry it; of a mapping, what can be carried. ValueError or TypeError where nothing can be.

    `room` counts down, so that something huge is dropped before it costs time. `above` are the ids of what holds it.
    """
    kind = type(value)
    room[0] -= len(value) if kind is str else 1
    if room[0] < 0:
        raise _Dropped("more than %d bytes" % _MAX_LINE_BYTES)
    # Nearly all values are one of these: looking closer takes longer than all the rest.
    if kind is str or kind is bool or value is None or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind is float and value - value == 0:
        return value
    is_list = kind is list or kind is tuple
    if not is_list and kind is not dict and not isinstance(value, Mapping):
        is_list = isinstance(value, (list, tuple))
        if not is_list:
            _encoder.encode(value)
            return value
    if id(value) in above or len(above) >= _MAX_DEPTH:
        raise ValueError("circular, or too deep")
    above += (id(value),)
    if is_list:
        return [_carry(item, room, above) for item in value]
    carried: Dict[str, Any] = {}
    for name, item in list(value.items()):
        if isinstance(name, str):
            try:
                carried[name] = _carry(item, room, above)
            except (ValueError, TypeError):
                continue
    return carried


@functools.lru_cache(maxsize=1)
def _default_context() -> Mapping[str, str]:
    """What the binary can't find out by itself."""
    # A build between releases has a plus sign behind its number.
    context = {"python": sys.version.split()[0].rstrip("+")}
    running = getattr(sys.modules.get("rasa"), "__version__", None)
    if isinstance(running, str):
        context["rasa_pro"] = running
        return context
    for distribution in ("rasa-pro", "rasa"):
        try:
            version = metadata.version(distribution)
        except Exception:
            continue  # Not installed, or with metadata that can't be read.
        if isinstance(version, str):
            context["rasa_pro"] = version
            break
    return context
