import { CI_VARIABLES } from "./variables/ci.ts";
import { CLOUD_VARIABLES } from "./variables/cloud.ts";
import { CONTAINER_VARIABLES } from "./variables/container.ts";
import { GIT_VARIABLES } from "./variables/git.ts";
import { namesOf, type VariablePurpose, type VariableRule } from "./variables/rule.ts";
import { UNATTENDED_VARIABLES } from "./variables/unattended.ts";

export type { VariablePurpose, VariableRule } from "./variables/rule.ts";

const AUTHORITIES = "a PEM file of additional authorities for HTTPS; SSL_CERT_FILE counts where both are set";
const PROXY =
  "the proxy, which the runtime uses by itself. Read to find an address by which the runtime would go round " +
  "it, or tell its password to the endpoint";
const NO_PROXY = "hosts that are reached without a proxy. Read to know whether the endpoint is one of them";
const FOLDERS = "where ~/.config/rasa and git's own configuration are";

/**
 * Every variable of the environment that the program may read, and the only list of them: the binary is compiled with
 * exactly these names, and asking for any other throws. What a start asks for by its purpose is in a file of its own:
 * reading the reasons of all of them would take 1 % of a start.
 */
export const VARIABLES = {
  RASA_TELEMETRY_ENABLED: {
    purpose: "operator",
    reason: "switches telemetry on while it is set (true, 1, yes, on) and nothing says no, or off (anything else)",
  },
  DO_NOT_TRACK: { purpose: "operator", reason: "switches telemetry off unless it is empty or 0" },
  RASA_TELEMETRY_DEBUG: {
    purpose: "operator",
    reason: "prints reports instead of queueing and sending them, unless it is empty, 0, false, no or off",
  },
  RASA_TELEMETRY_HOME: {
    purpose: "operator",
    reason: "the folder used instead of ~/.config/rasa: an absolute path, or one from ~/",
  },
  RASA_TELEMETRY_MACHINE_ID: {
    purpose: "operator",
    reason: "one machine id (32 hex digits or a UUID) for a fleet of throw-away containers",
  },
  RASA_TELEMETRY_WRITE_KEY: { purpose: "operator", reason: "the write key, in a build that has none" },
  SSL_CERT_FILE: { purpose: "network", reason: AUTHORITIES },
  REQUESTS_CA_BUNDLE: { purpose: "network", reason: AUTHORITIES },
  HTTPS_PROXY: { purpose: "network", reason: PROXY },
  https_proxy: { purpose: "network", reason: PROXY },
  ALL_PROXY: { purpose: "network", reason: PROXY },
  all_proxy: { purpose: "network", reason: PROXY },
  NO_PROXY: { purpose: "network", reason: NO_PROXY },
  no_proxy: { purpose: "network", reason: NO_PROXY },
  HOME: { purpose: "home", reason: FOLDERS },
  USERPROFILE: { purpose: "home", reason: `${FOLDERS} on Windows` },
  ProgramData: { purpose: "home", reason: "where the policy for a whole machine is, on Windows" },
  RASA_LICENSE: {
    purpose: "licence",
    reason: "the Rasa Pro licence: its hash and company, and whether telemetry may be switched off",
  },
  RASA_PRO_LICENSE: { purpose: "licence", reason: "the older name of RASA_LICENSE" },
  TERM: { purpose: "terminal", reason: "no colours on a dumb terminal" },
  NO_COLOR: { purpose: "terminal", reason: "no colours" },
  ...GIT_VARIABLES,
  ...CI_VARIABLES,
  ...UNATTENDED_VARIABLES,
  ...CLOUD_VARIABLES,
  ...CONTAINER_VARIABLES,
} as const satisfies Record<string, VariableRule>;

/** A variable of the environment that the program may read. */
export type Variable = keyof typeof VARIABLES;

/** The variables that are read for this purpose. */
export function variablesFor(purpose: VariablePurpose): Variable[] {
  return namesOf(VARIABLES).filter((name) => VARIABLES[name].purpose === purpose);
}
