"""Records what Rasa's own functions report, made from real objects of a small project.

Run with the Python that Rasa is installed in:

    PYTHON record_events.py PROJECT OUT

In `rasa.telemetry` only what would ask and send is replaced: `_track`, `_identify` and the questions whether telemetry
is on. Nothing that checks a licence is touched or got round: what needs one isn't run. Each line of OUT is an object
with `event` and `properties`, or with `traits`.
"""

import contextlib
import json
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import rasa.telemetry as telemetry

LINES = []


def plain(value):
    """What a value that JSON doesn't know is written as: numpy's numbers, and members of enumerations."""
    if hasattr(value, "item"):
        return value.item()
    return getattr(value, "value", None) or str(value)


def record(event, properties=None, context=None):
    """Takes the place of `_track`."""
    LINES.append({"event": event, "properties": properties or {}})


def record_traits(traits=None, context=None):
    """Takes the place of `_identify`."""
    LINES.append({"traits": traits or {}})


def replace_seam():
    """Puts the recorder where events would be sent."""
    telemetry._track = record
    telemetry._identify = record_traits
    telemetry.is_telemetry_enabled = lambda: True
    telemetry.initialize_telemetry = lambda: True


def track_common(project):
    """The events that both generations of Rasa have."""
    from rasa.core.brokers.file import FileEventBroker
    from rasa.core.channels.rest import RestInput
    from rasa.core.channels.socketio import SocketIOInput
    from rasa.shared.core.domain import Domain
    from rasa.shared.nlu.training_data.loading import load_data

    telemetry.track_data_split(0.8, "nlu")
    telemetry.track_validate_files(True)
    telemetry.track_data_convert("yaml", "nlu")
    telemetry.track_interactive_learning_start(True, False)
    telemetry.track_project_init(str(project))
    telemetry.track_visualization()
    telemetry.track_markers_extraction_initiated("sample_n", False, True, 3)
    telemetry.track_markers_extraction_initiated("all", True, False, None)
    telemetry.track_markers_extracted(3)
    telemetry.track_markers_stats_computed(3)
    telemetry.track_markers_parsed_count(2, 3, 1)
    telemetry.track_nlu_model_test(load_data(str(project / "data" / "nlu.yml")))
    store = in_memory_store(Domain.empty())
    with tempfile.TemporaryDirectory() as folder:
        broker = FileEventBroker(os.path.join(folder, "events.log"))
        telemetry.track_tracker_export(7, store, broker)
    channels = [RestInput(), SocketIOInput(None, None, None, False, None, None, None, None)]
    endpoints = read_endpoints(project)
    telemetry.track_server_start(channels, endpoints, None, 2, True)
    telemetry.track_server_start([], None, None, 1, False)
    telemetry.track_core_model_test(4, True, agent_without_model())


def in_memory_store(domain):
    """The tracker store that keeps conversations in memory."""
    try:
        from rasa.core.tracker_stores.tracker_store import InMemoryTrackerStore
    except ImportError:
        from rasa.core.tracker_store import InMemoryTrackerStore
    return InMemoryTrackerStore(domain)


def read_endpoints(project):
    """The project's endpoints, as a server reads them."""
    try:
        from rasa.core.config.available_endpoints import AvailableEndpoints
    except ImportError:
        from rasa.core.utils import AvailableEndpoints
    return AvailableEndpoints.read_endpoints(str(project / "endpoints.yml"))


def agent_without_model():
    """An agent before it has loaded a model."""
    from rasa.core.agent import Agent

    return Agent()


def track_3_6(project):
    """A real training, which needs no licence, and what its release has alone."""
    from rasa.model_training import train

    with tempfile.TemporaryDirectory() as folder:
        train(
            domain=str(project / "domain.yml"),
            config=str(project / "config.yml"),
            training_files=[str(project / "data")],
            output=folder,
        )
    telemetry.track_shell_started("rasa")


def track_3_21(project):
    """The events of the newer engines."""
    telemetry.track_shell_started("rasa", "garden-helper")
    telemetry.track_inspect_started("browser_audio", "garden-helper")
    track_calm_training(project)
    track_mantle_training()
    track_policies()
    track_operation()
    track_tests()
    telemetry.identify_endpoint_config_traits(str(project / "endpoints.yml"))
    telemetry.identify_endpoint_config_traits(None)
    telemetry.track_validation_error_log(
        None,
        "error",
        {"event": "validator.empty_response", "event_info": "utter_greet is empty", "response": "utter_greet"},
    )
    telemetry.track_upload_to_studio_failed({"errors": ["garden-helper is unknown"]})


def track_calm_training(project):
    """The training of flows: everything but the training itself, which needs a licence."""
    from rasa.core.config.configuration import Configuration
    from rasa.shared.importers.importer import TrainingDataImporter

    Configuration.initialise_empty()
    Configuration.initialise_endpoints(project / "endpoints.yml")
    importer = TrainingDataImporter.load_from_config(
        str(project / "calm_config.yml"),
        str(project / "domain.yml"),
        [str(project / "data"), str(project / "flows.yml")],
    )
    with telemetry.track_model_training(importer, "rasa"):
        pass
    with contextlib.suppress(ValueError):
        with telemetry.track_model_training(importer, "nlu", role="copilot", action="generation"):
            raise ValueError("the roses are dry")
    with calling_agents():
        with telemetry.track_model_training(importer, "core", is_finetuning=True):
            pass


@contextlib.contextmanager
def calling_agents():
    """Two agents, one of them elsewhere, in the configuration."""
    from rasa.core.available_agents import AgentConfig
    from rasa.core.config.configuration import Configuration

    agents = Configuration.get_instance().available_agents.agents
    agents["gardener"] = AgentConfig(agent={"name": "gardener", "protocol": "rasa", "description": "knows roses"})
    agents["far_gardener"] = AgentConfig(agent={"name": "far_gardener", "protocol": "a2a", "description": "far away"})
    yield
    agents.clear()


def track_mantle_training():
    """The training of the second engine: its template's project, with the training itself left out."""
    from rasa.exceptions import ValidationError
    from rasa.mantle.model_archive.training_telemetry import build_mantle_training_started_attributes
    from rasa.shared.utils.yaml import read_config_file

    root = Path(telemetry.__file__).parent / "cli" / "project_templates" / "mantle"
    config = read_config_file(str(root / "agent.yml"))

    def attributes():
        return build_mantle_training_started_attributes(root, config)

    with telemetry.track_mantle_model_training("garden-helper", attributes) as training:
        training.set_stage("packaging")
        training.set_model_id("0123456789abcdef0123456789abcdef")
    with contextlib.suppress(ValidationError):
        with telemetry.track_mantle_model_training(None, lambda: 1 / 0) as training:
            training.set_stage("validation")
            raise ValidationError(code="skill.catalog.load_failed", event_info="the roses are dry")


def track_policies():
    """The policies that ask a language model."""
    models = {
        "embeddings_type": "openai",
        "embeddings_model": "text-embedding-3-large",
        "embeddings_model_group_id": "garden_embeddings",
        "llm_type": "openai",
        "llm_model": "gpt-5.1-2025-11-13",
        "llm_model_group_id": "garden_llm",
    }
    telemetry.track_intentless_policy_train()
    telemetry.track_intentless_policy_train_completed(**models)
    telemetry.track_intentless_policy_predict(**models, score=0.75)
    telemetry.track_enterprise_search_policy_train_started()
    search = {**models, "vector_store_type": "qdrant", "citation_enabled": True, "relevancy_check_enabled": False}
    telemetry.track_enterprise_search_policy_train_completed(**search, include_date_time=True, timezone="UTC")
    telemetry.track_enterprise_search_policy_predict(**search)
    telemetry.track_response_rephrase(True, "Be kind: {{ response }}", "openai", "gpt-5.1-2025-11-13", "garden_llm")
    telemetry.track_response_rephrase(False, None, None, None, None)


def track_operation():
    """What servers report."""
    from rasa.privacy.privacy_config import PrivacyConfig

    month = datetime(2026, 3, 1)
    telemetry.track_conversation_count(12, month)
    telemetry.track_conversation_count_soft_limit(90, month)
    telemetry.track_conversation_count_hard_limit(100, month)
    rules = [{"slot": "bed", "anonymization": {"type": "redact"}}, {"slot": "name", "anonymization": {"type": "mask"}}]
    telemetry.track_privacy_enabled(PrivacyConfig.from_dict({"rules": rules}), None)
    settings = {"deletion": {"min_after_session_end": 60, "cron": "0 3 * * *"}}
    stored = {"rules": rules, "tracker_store_settings": settings}
    telemetry.track_privacy_enabled(PrivacyConfig.from_dict(stored), None)
    from rasa.mantle.hooks.constants import ALL_POINT_NAMES

    for point in sorted(ALL_POINT_NAMES):
        telemetry.track_maestro_hook_executed(
            point=point, lane="observe", outcome="success", duration_ms=1.25, timeout_ms=500
        )
    telemetry.track_maestro_hook_executed(
        point="tool_call",
        lane="modify",
        outcome="rejection",
        duration_ms=12.0,
        timeout_ms=500,
        fail_policy="closed",
        is_voice=True,
        observer_count=2,
    )


def track_tests():
    """End-to-end tests."""
    from rasa.e2e_test.e2e_test_case import Fixture, Metadata, TestCase, TestCaseFixtures

    plain_case = TestCase.from_dict({"test_case": "a morning", "steps": [{"user": "hello"}]})
    steps = [{"user": "hello", "assertions": [{"flow_started": "water_bed"}, {"action_executed": "action_water"}]}]
    asserting = TestCase.from_dict({"test_case": "an evening", "steps": steps})
    fixtures = TestCaseFixtures("a morning", "tests.yml", [Fixture("dry", {"bed": "roses"})])
    telemetry.track_e2e_test_run([plain_case], [fixtures], [Metadata("soil", {"kind": "sand"})])
    telemetry.track_e2e_test_run([asserting], [], [])
    telemetry.track_e2e_test_conversion_completed(".csv", 4)


def main(project, out):
    """Records everything and writes a line for each event."""
    replace_seam()
    track_common(project)
    if hasattr(telemetry, "track_mantle_model_training"):
        track_3_21(project)
    else:
        track_3_6(project)
    text = "".join(json.dumps(line, default=plain, sort_keys=False) + "\n" for line in LINES)
    Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
