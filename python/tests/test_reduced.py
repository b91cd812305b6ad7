"""What the trials of Rasa (python/host) compare with: it must see a value that is missing, new or another one."""

import os
import sys
import unittest
from typing import Any, Dict, List

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host"))

from reduced import explain  # noqa: E402

NAME = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
WORD = {"enum": ["WhitespaceTokenizer", "custom"]}
RULES = {
    "count": {"type": "integer"},
    "is_on": {"type": "boolean"},
    "maybe": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
    "assistant_id": NAME,
    "pipeline": {"type": "array", "items": {"type": "object", "properties": {"name": {"$ref": "#/$defs/word"}}}},
    "agents": {"type": "object", "properties": {"num_agents": {"type": "integer"}}},
}
SCHEMA = {"properties": RULES, "type": "object", "$defs": {"word": WORD}}


def explained(given: Dict[str, Any], arrived: Dict[str, Any]) -> List[str]:
    return explain(given, arrived, SCHEMA)


class Reduced(unittest.TestCase):
    def test_what_the_program_makes_of_values_is_right(self) -> None:
        given = {
            "count": 3,
            "is_on": "a prompt",
            "maybe": None,
            "assistant_id": "name",
            "pipeline": '[{"name": "whitespacetokenizer", "path": "/home"}, {"name": "Mine"}]',
            "agents": {"agents": [{"one": {}}], "usage": []},
            "unknown": "secret",
        }
        arrived = {
            "count": 3,
            "is_on": True,
            "maybe": None,
            "assistant_id": "82a3537ff0dbce7eec35d69edc3a189ee6f17d82f353a553f9aa96cb0be3ce89",
            "pipeline": [{"name": "WhitespaceTokenizer"}, {"name": "custom"}],
            "agents": {"num_agents": 1},
        }
        self.assertEqual(explained(given, arrived), [])

    def test_a_difference_is_found(self) -> None:
        for given, arrived in (
            ({"count": 3}, {}),
            ({}, {"count": 3}),
            ({"count": 3}, {"count": 4}),
            ({"is_on": True}, {"is_on": False}),
            ({"is_on": ""}, {"is_on": True}),
            ({"maybe": None}, {"maybe": False}),
            ({"assistant_id": "name"}, {"assistant_id": "name"}),
            ({"pipeline": [{"name": "Mine"}]}, {"pipeline": [{"name": "Mine"}]}),
            ({"pipeline": [{"name": "Mine"}]}, {"pipeline": []}),
            ({"pipeline": [{"name": "WhitespaceTokenizer"}]}, {"pipeline": [{"name": "custom"}]}),
            ({"pipeline": [{"name": "Mine"}]}, {"pipeline": [{}]}),
            ({"agents": {"agents": [{"one": {}}]}}, {"agents": {"num_agents": 0}}),
            ({"agents": {"agents": []}}, {"agents": {"num_agents": "none"}}),
        ):
            with self.subTest(given=given, arrived=arrived):
                self.assertEqual(len(explained(given, arrived)), 1)


if __name__ == "__main__":
    unittest.main()
