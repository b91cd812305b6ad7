// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { hashed, int, model, type PropertyRule, rule, type Rules, word } from "../rule.ts";

const AGENTS = "How many assistants call agents and tools, and in which way";
const SERVICES = "Which models and vendors to support and test first";

/** Most groups, and most models of one group, that are reported. Real projects have fewer than twenty. */
const MAX_MODELS = 50;

const COUNTS: Rules = {
  num_agents: int("Number of agents that flows can call", AGENTS),
  num_agents_a2a: int("Number of agents that run elsewhere and are called by the protocol A2A", AGENTS),
  num_mcp_servers: int("Number of MCP servers that agents or flows use; never their names or addresses", AGENTS),
  num_mcp_tool_calls: int("Number of steps that call a tool of an MCP server; never the tool", AGENTS),
  num_agent_calls: int("Number of steps that call an agent; never the agent", AGENTS),
  num_agent_calls_with_exit_if: int("Number of those steps that end under a condition; never the condition", AGENTS),
};

/** A rule for the agents of an assistant: counts alone. */
export const agents: (description: string, purpose: string) => PropertyRule = rule({ kind: "agents", entry: COUNTS });

const MODELS = rule({
  kind: "groups",
  limit: MAX_MODELS,
  entry: {
    provider: word("provider")("Who serves the model", SERVICES),
    model: model("The model, if its vendor publishes the name; otherwise custom", SERVICES),
  },
})("The models of the group; never their keys or addresses", SERVICES);

/** A rule for the groups of models that components name. */
export const modelGroups: (description: string, purpose: string) => PropertyRule = rule({
  kind: "groups",
  limit: MAX_MODELS,
  entry: {
    id: hashed("The SHA-256 of the name of the group", "Tells which components share a group, without naming it"),
    models: MODELS,
  },
});
