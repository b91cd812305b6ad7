import { DEFAULT_ENDPOINT } from "../../lib/build_config.ts";
import { permissionsFor } from "../../lib/host/permissions.ts";
import { HOME_FILES } from "../../lib/home.ts";
import { GENERATED } from "./generated.ts";
import { HOME, type Use, USES } from "./paths.ts";
import { alignedTable, table } from "./tables.ts";
import { groupVariables, type VariableGroup } from "./variables.ts";

/** How the list of paths shows those that are known only on a machine. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  BINARY: "the binary",
  AUTHORITIES: "the file named by SSL_CERT_FILE",
};

/** When a path is used, in words. */
const OCCASIONS: Readonly<Record<Use["occasion"], string>> = {
  start: "every start",
  stored: "unless a variable says off",
  report: "to make a report, and for `inspect` and `export`",
  https: "to reach the endpoint",
};

/** docs/reference/permissions.md: what the binary may do, which variables it may read, and which files it uses. */
export function permissionsDocument(): string {
  const permissions = permissionsFor(DEFAULT_ENDPOINT)
    .map(({ question, kinds, granted, meaning }) => [question, kinds.join(", "), granted, meaning]);
  const variables = groupVariables().map((group) => [namesOf(group), group.purpose, group.reason]);
  const paths = USES.map(({ occasion, most, paths, why }) => [
    OCCASIONS[occasion],
    most,
    paths.map((path) => `\`${PLACEHOLDERS[path] ?? path}\``).join(", "),
    why,
  ]);
  const files = Object.values(HOME_FILES).map(({ path, holds }) => [`\`${path}\``, holds] as const);
  return `${GENERATED}
# What the binary may do

The binary is compiled with these permissions, and the runtime enforces them. \`lib/host/permissions.ts\` is the only
list of them. The address is that of a release; a build for another endpoint has that endpoint's address in its place.

${table(["may it …", "permissions", "granted", "what that means for the machine's owner"], permissions)}
Before the first request the program gives up \`env\` and \`sys\` for good.

## Variables

Of the variables under \`ci\`, \`unattended\`, \`cloud\` and \`container\` only their presence is used.

${table(["variable", "for", "why it is read"], variables)}
## Files

Every path that the binary uses on Linux, the most that it does there, and why; \`~\` is the home, \`.\` the working
folder. A test records the system calls. It fails where anything else is opened, where another program is started, and
where anybody but the endpoint (and the resolver, for a name) is talked to. The folders above these paths are looked at
on the way. With RASA_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1 only the paths of every start are used, but
for \`status\`, \`inspect\`, \`log\` and \`export\`, which show what is there to those who ask.

${table(["when", "most", "paths", "why"], paths)}
What is kept, in the folder that RASA_TELEMETRY_HOME names or else in \`${HOME}\`:

${table([`under \`${HOME}\``, "what it holds"], files)}`;
}

/** README's table of the variables that operators set. */
export function variablesTable(): string {
  const rows = groupVariables(["operator", "network"]).map((group) => [namesOf(group), group.reason]);
  return alignedTable(["variable", "what it does"], rows);
}

function namesOf({ names }: VariableGroup): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
