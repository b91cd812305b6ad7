import { permissionsFor } from "../../host/permissions.ts";
import { type VariablePurpose, type VariableRule, VARIABLES } from "../../host/variables.ts";
import { code, fold, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";

/** What the binary may do at all, in plain words. */
export function permissionsSection(endpoint: string): Section {
  const columns = ["May it …", "Granted", "What that means"];
  const rows = permissionsFor(endpoint).map(({ question, granted, meaning }) => [question, granted, meaning]);
  const title = "The variables that it may read";
  const note = markup`<p>Of the variables for ci, unattended, cloud and container only their presence is used.</p>`;
  const variables = table(title, ["Variable", "For", "Why it is read"], variableRows(), "variables");
  return {
    id: "permissions",
    heading: "What the program may do",
    content: markup`
<p>These limits are fixed when the program is built, and enforced by its runtime whatever the program tries. Before the
first request it also gives up, for good, reading variables and asking the system.</p>
${table("What the program may do", columns, rows, "permissions")}
${fold(title, [note, variables], "always")}`,
  };
}

function variableRows(): Content[][] {
  return Object.entries<VariableRule>(VARIABLES)
    .map(([name, { purpose, reason }]) => [code(name), PURPOSES[purpose], reason]);
}

const PURPOSES: Readonly<Record<VariablePurpose, string>> = {
  operator: "operators",
  network: "the network",
  home: "finding files",
  licence: "the licence",
  terminal: "the terminal",
  git: "git",
  ci: "ci",
  unattended: "unattended",
  cloud: "cloud",
  container: "container",
};
