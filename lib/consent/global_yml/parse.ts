import type { Home } from "../../home.ts";
import type { Host } from "../../host/host.ts";
import type { Configuration } from "../rules.ts";
import { parsePlain } from "./plain.ts";
import { readConfiguration } from "./read.ts";

/** What was parsed last. Senders ask again before each request, and the file is nearly always the same. */
let last: { readonly text: string; readonly configuration: Configuration } | undefined;

/** The parser of YAML, once a file has needed it. */
let yaml: { parseYaml(text: string): Configuration } | undefined;

/**
 * Loads the parser of YAML, which takes 2 ms. Only a file needs it that isn't as this program and Rasa write it, so who
 * reads `global.yml` first looks whether it is, and loads it where it isn't.
 */
export async function loadYaml(): Promise<void> {
  yaml ??= await import("./yaml.ts");
}

/** What `global.yml` says about telemetry right now. Never throws for what the disk does. */
export function readGlobalYml(host: Host, home: Home): Configuration {
  return readConfiguration(host, home, parseConfiguration);
}

/**
 * What the text of a `global.yml` says about telemetry. Never throws: what can't be understood is `broken`, and so is,
 * for a moment, a file that didn't need the parser of YAML when this process looked first, and needs it now.
 */
export function parseConfiguration(text: string): Configuration {
  if (last?.text === text) return last.configuration;
  const configuration = parsePlain(text) ?? yaml?.parseYaml(text);
  if (configuration === undefined) {
    void loadYaml();
    return { kind: "broken", problem: "it was changed a moment ago" };
  }
  last = { text, configuration };
  return configuration;
}
