import { isObject } from "../../json_object.ts";
import type { TypeObject } from "./definition.ts";

/** What Rasa gives of agents, and of the flows that call them: only counts are reported, no name and no setting. */
export const agentsType: TypeObject<"agents"> = {
  label: "agents",
  meaning: "of agents and the calls to them, the counts below it and nothing else",
  parse(value, { entry }, path, redaction) {
    return isObject(value) ? redaction.redactObject(entry, countAgents(value), path, redaction) : undefined;
  },
  schema: ({ entry }, schemas) => schemas.object(entry),
};

/** The lists that counts are made of. Where a caller gives none of them, it may give the counts themselves. */
const LISTS = ["agents", "usage", "mcp_servers"] as const;

/** The protocol of agents that run elsewhere. */
const A2A = "A2A";

/** The counts in place of the lists, and what else was given. */
function countAgents(given: Record<string, unknown>): Record<string, unknown> {
  const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !isList(key)));
  if (!LISTS.some((name) => Object.hasOwn(given, name))) return rest;
  const [agents, calls, servers] = LISTS.map((name) => objectsOf(given[name]));
  // Each entry of `agents` has one key, the agent's name.
  const configurations = (agents ?? []).flatMap((agent) => Object.values(agent).slice(0, 1)).filter(isObject);
  const called = (calls ?? []).filter(({ agent }) => agent !== undefined);
  const tools = (calls ?? []).filter(({ mcp_tool }) => mcp_tool !== undefined);
  const names = [
    ...tools.map(({ mcp_server }) => mcp_server),
    ...configurations.flatMap(serversOf).map(({ name }) => name),
    ...(servers ?? []).map(({ name }) => name),
  ];
  return {
    ...rest,
    num_agents: configurations.length,
    num_agents_a2a: configurations.filter(isA2a).length,
    num_mcp_servers: new Set(names.filter((name) => typeof name === "string")).size,
    num_mcp_tool_calls: tools.length,
    num_agent_calls: called.length,
    num_agent_calls_with_exit_if: called.filter(({ exit_if }) => exit_if !== undefined).length,
  };
}

function isList(key: string): boolean {
  return LISTS.some((name) => name === key);
}

function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The protocol is an enumeration's member, which may be written with its class: `ProtocolConfig.A2A`. */
function isA2a({ agent }: Record<string, unknown>): boolean {
  const protocol = isObject(agent) ? agent["protocol"] : undefined;
  return typeof protocol === "string" && protocol.split(".").at(-1)?.toUpperCase() === A2A;
}

function serversOf({ connections }: Record<string, unknown>): Record<string, unknown>[] {
  return isObject(connections) ? objectsOf(connections["mcp_servers"]) : [];
}
