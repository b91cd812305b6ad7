// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../../lib/consent/notice_number.ts";
import { isRedacted } from "../../../lib/report/redaction.ts";
import { redactEvent, rulesOf } from "../redact_event.ts";

const NONE = {
  num_agents: 0,
  num_agents_a2a: 0,
  num_mcp_servers: 0,
  num_mcp_tool_calls: 0,
  num_agent_calls: 0,
  num_agent_calls_with_exit_if: 0,
};

/** What a flow and two agents look like in what Rasa 3.21 gives. */
const GIVEN = {
  usage: [
    { flow: "transfer", mcp_tool: "acme_lookup", mcp_server: "acme", mapping: { input: [] } },
    { flow: "transfer", mcp_tool: "acme_store", mcp_server: "acme", mapping: {} },
    { flow: "book", agent: "acme_booker", exit_if: ["slots.acme is not null"] },
    { flow: "book", agent: "acme_helper" },
  ],
  agents: [
    { acme_booker: { agent: { name: "acme_booker", protocol: "A2A", description: "acme" } } },
    { acme_far: { agent: { name: "acme_far", protocol: "ProtocolConfig.A2A" } } },
    {
      acme_helper: {
        agent: { name: "acme_helper", protocol: "RASA" },
        connections: { mcp_servers: [{ name: "acme" }, { name: "acme_two", url: "https://acme.example" }] },
      },
    },
  ],
};

const COUNTS = {
  num_agents: 3,
  num_agents_a2a: 2,
  num_mcp_servers: 2,
  num_mcp_tool_calls: 2,
  num_agent_calls: 2,
  num_agent_calls_with_exit_if: 1,
};

for (
  const [label, given, expected, withheld, unknown] of [
    ["counts agents and calls", GIVEN, COUNTS, [], 0],
    ["leaves counts as they are", COUNTS, COUNTS, [], 0],
    ["says nothing of no agents", {}, {}, [], 0],
    ["counts nothing in lists that are none", { usage: "acme", agents: [null, "acme", {}, { acme: 1 }] }, NONE, [], 0],
    ["counts keys that it doesn't know", { usage: [], acme: "acme" }, NONE, [], 1],
    [
      "lets no list be a count",
      { ...COUNTS, num_agents: "acme" },
      omitFirst(COUNTS),
      ["properties.agents.num_agents"],
      0,
    ],
  ] as const
) {
  Deno.test(`agents: redact ${label}`, async () => {
    const redacted = await redactEvent("Training Started", { agents: given });
    assertEquals(redacted, { values: { agents: expected }, withheld: [...withheld], withheldUnknown: unknown });
    assertEquals(isRedacted(rulesOf("Training Started"), redacted.values, NOTICE_NUMBER), true);
  });
}

function omitFirst(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).slice(1));
}
