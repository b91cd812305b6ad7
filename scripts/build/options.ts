import { resolve } from "@std/path";
import type { ParseArgsOptionsConfig } from "node:util";
import { type BuildConfig, configure, DEFAULT_ENDPOINT, parseEndpoint } from "../../lib/build_config.ts";
import { hostTarget, TARGETS } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/** Where what is built goes unless the builder says otherwise. */
export const DIST = `${ROOT}/dist`;

/** The systems, as a help text lists them. */
export const TARGET_LIST = TARGETS.map(({ triple }) => triple).join("\n                          ");

/** The options of every tool that builds binaries. */
export const BUILD_OPTIONS = {
  "output": { type: "string" },
  "target": { type: "string" },
  "all": { type: "boolean", default: false },
  "release": { type: "boolean", default: false },
  "no-check": { type: "boolean", default: false },
  "endpoint": { type: "string", default: DEFAULT_ENDPOINT },
  "recipient": { type: "string" },
  "off-by-default": { type: "boolean", default: false },
  "write-key": { type: "string" },
  "licence-key": { type: "string" },
} as const satisfies ParseArgsOptionsConfig;

/** What their help says about those that mean the same in each. */
export const BUILD_HELP =
  `  --release               build for a release: needs a write key, and takes the runtime and the libraries only from
                          their own servers
  --no-check              don't check the types first
  --endpoint URL          where reports go (${DEFAULT_ENDPOINT} unless given): https, or http to a loopback address
  --recipient NAME        who receives reports, as the notice names them (the endpoint's host unless given)
  --off-by-default        telemetry is off until somebody enables it, and nobody is told or asked
  --write-key KEY         the key of the receiving source; a binary without one sends nothing
  --licence-key PEM_FILE  the public key that licences are verified with (Rasa's unless given)
`;

/** What a builder typed, as far as all binaries of a build share it. */
export interface BuildValues {
  readonly "output"?: string;
  readonly "target"?: string;
  readonly "all": boolean;
  readonly "release": boolean;
  readonly "no-check": boolean;
  readonly "endpoint": string;
  readonly "recipient"?: string;
  readonly "off-by-default": boolean;
  readonly "write-key"?: string;
  readonly "licence-key"?: string;
}

/** What every binary of a build has in common. */
export interface BuildPlan {
  readonly config: BuildConfig;
  readonly release: boolean;
  readonly check: boolean;
  /** The systems to build for. */
  readonly targets: readonly string[];
}

/** What the options ask for. Throws an `Error` that says what is wrong with them. */
export function planBuild(values: BuildValues): BuildPlan {
  if (values.all && (values.output !== undefined || values.target !== undefined)) {
    throw new Error("Cannot build: --all goes with neither --output nor --target");
  }
  if (values.release && !values["write-key"]) {
    throw new Error("Cannot build a release without --write-key: the binary would send nothing");
  }
  const { recipient, "licence-key": keyFile } = values;
  if (recipient !== undefined && !/^[\p{L}\p{N}][\p{L}\p{N} .,&'()-]{0,79}$/u.test(recipient)) {
    throw new Error("Cannot build for this recipient: it must be a name of at most 80 letters, digits and plain marks");
  }
  const config = configure({
    endpoint: parseEndpoint(values.endpoint).origin,
    writeKey: values["write-key"] || undefined,
    offByDefault: values["off-by-default"],
    ...(keyFile === undefined ? {} : { licenceKey: Deno.readTextFileSync(fromCaller(keyFile)) }),
    ...(recipient === undefined ? {} : { recipient }),
  });
  const known = TARGETS.map(({ triple }) => triple);
  const target = values.target ?? hostTarget();
  if (!known.includes(target)) throw new Error(`Cannot build for ${target}: the targets are ${known.join(", ")}`);
  return {
    config,
    release: values.release,
    check: !values["no-check"],
    targets: values.all ? known : [target],
  };
}

/** A task runs in the project's folder; a relative path is one from the caller's folder. */
export function fromCaller(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}
