import { type VariablePurpose, type VariableRule, VARIABLES } from "../../host/variables.ts";
import { code, fold, number, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";

/** One permission of the binary, in words for the machine's owner. */
export interface Permission {
  /** The runtime's names for it, with commas between. */
  readonly names: string;
  readonly question: string;
  readonly granted: string;
  readonly meaning: string;
}

/** What the binary may do, as it is fixed when it is compiled: what `deno.json` grants, for this endpoint. */
export function permissionsFor(endpoint: string): Permission[] {
  const { hostname, port, protocol } = new URL(endpoint);
  const address = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  return [
    {
      names: "net",
      question: "Talk to other machines?",
      granted: `only to ${address}`,
      meaning:
        `It reaches this one address, which is fixed in the binary, and nobody else; the system's resolver is asked where that is.
The one exception is a proxy that you name yourself (HTTPS_PROXY and the like): the runtime then goes through it.`,
    },
    {
      names: "run, import, ffi",
      question: "Start programs, load libraries or code?",
      granted: "no",
      meaning: "It starts no other program, loads no native library, and runs no code but its own.",
    },
    {
      names: "env",
      question: "Read variables of the environment?",
      granted: `only the ${number(Object.keys(VARIABLES).length)} listed below`,
      meaning: "No other variable can be read. The list says why each of them is.",
    },
    {
      names: "sys",
      question: "Ask the system about itself?",
      granted: "only the kernel's release and the user's number",
      meaning: "Not the machine's name, nor its addresses, nor who else uses it.",
    },
    {
      names: "read",
      question: "Read files?",
      granted: "yes",
      meaning:
        `Where the home, the project and the certificates are is known only when it runs, so this can't be narrowed beforehand.
The documentation lists every path that it opens, and a test that records its system calls holds it to that list. The contents
of /proc, /sys and /dev are out of reach.`,
    },
    {
      names: "write",
      question: "Write files?",
      granted: "yes",
      meaning:
        `For the same reason. It writes in its own folder (~/.config/rasa, or what RASA_TELEMETRY_HOME names), and this page
where it was asked to.`,
    },
  ];
}

/** What the binary may do at all, in plain words. */
export function permissionsSection(endpoint: string): Section {
  const rows = permissionsFor(endpoint).map(({ question, granted, meaning }) => [question, granted, meaning]);
  const variables = table("The variables that it may read", ["Variable", "For", "Why it is read"], variableRows(), {
    name: "variables",
  });
  return {
    id: "permissions",
    heading: "What the program may do",
    content: markup`
<p>These limits are fixed when the program is built, and enforced by its runtime whatever the program tries. Before the first
request it also gives up, for good, reading variables and asking the system.</p>
${table("What the program may do", ["May it …", "Granted", "What that means"], rows, { name: "permissions" })}
${
      fold(
        "The variables that it may read",
        markup`<p>Of those for ci, cloud and container only counts whether they are set.</p>${variables}`,
        "always",
      )
    }`,
  };
}

function variableRows(): Content[][] {
  return Object.entries<VariableRule>(VARIABLES).map(([name, { purpose, reason }]) => [
    code(name),
    PURPOSES[purpose],
    reason,
  ]);
}

const PURPOSES: Readonly<Record<VariablePurpose, string>> = {
  operator: "operators",
  network: "the network",
  home: "finding files",
  licence: "the licence",
  terminal: "the terminal",
  git: "git",
  ci: "ci",
  cloud: "cloud",
  container: "container",
};
