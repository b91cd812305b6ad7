import { ask, makeVenv, type Venv } from "../../support/venv.ts";
import type { Python } from "../../toolchain/python.ts";

/** What a way of installing has. */
export interface Stage {
  /** An empty folder of its own. */
  readonly folder: string;
  /** An empty home. */
  readonly home: string;
  /** One Python of each version. */
  readonly pythons: readonly Python[];
  /** The newest of them. */
  readonly python: string;
  /** The folder with the wheel of this system and the one for any. */
  readonly wheels: string;
  readonly wheel: string;
  readonly anyWheel: string;
  /** The folder with the wheels of all systems, whose binaries are empty. */
  readonly all: string;
  /** The tools from PyPI. */
  readonly tools: Venv;
}

/** A way of installing. `run` returns how many events must have arrived; it throws where anything else is wrong. */
export interface Way {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<number>;
}

/** Reports one event, and waits until it was delivered. */
export const PROGRAM = "import rasa_telemetry as t; t.track('Shell Started', {'type': 'rasa'}); t.close(20)";

/** The tools that packages are installed with, in the versions that were tried. */
const TOOLS = [
  "uv==0.13.9",
  "pipx==1.18.4",
  "pex==2.105.2",
  "pyinstaller==6.22.3",
  "twine==7.0.0",
  "check-wheel-contents==0.6.3",
  "packaging==26.4",
];

/** Installs the tools. Here the machine's settings of pip count: they may name an index of its own. */
export async function installTools(python: string, folder: string): Promise<Venv> {
  const tools = await makeVenv(python, folder);
  const settings = { PIP_CONFIG_FILE: Deno.env.get("PIP_CONFIG_FILE") ?? "" };
  await ask(tools.python, ["-m", "pip", "install", "--quiet", ...TOOLS], settings);
  return tools;
}

/** Asserts that a Python, started with such arguments, reports through the package's own binary. */
export async function reports(
  stage: Stage,
  [python = "", ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const printed = await ask(python, [...args, "-c", PROGRAM], { ...variablesOf(stage), ...env });
  if (printed !== "") throw new Error(`It printed ${printed}`);
}

/** Asserts that a command line starts the binary. */
export async function starts(
  stage: Stage,
  [command = "", ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const version = await ask(command, [...args, "--version"], { ...variablesOf(stage), ...env });
  if (!version.startsWith("rasa-telemetry ")) throw new Error(`${command} --version printed ${version}`);
}

/** The variables of what is tried: a home of its own, and telemetry on. */
export function variablesOf({ home }: Stage): Record<string, string> {
  return { HOME: home, USERPROFILE: home, RASA_TELEMETRY_ENABLED: "true" };
}
