import type { Installed } from "./installed.ts";

/** What Rasa's own telemetry reports, as far as its source says it in literals. */
export interface Reported {
  /** Names of events. */
  readonly events: readonly string[];
  /** Names of properties and traits, each with the functions that have it. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
  /** Every text in quotes. What the catalogue has and none of these is, Rasa doesn't report by that name. */
  readonly texts: ReadonlySet<string>;
}

/** The modules that make the properties of events. */
const MODULES = ["rasa/telemetry.py", "rasa/mantle/model_archive/training_telemetry.py"];

/** The module that names the events of the builder, which has a client of its own. */
const BUILDER = "rasa/builder/telemetry/segment_integration/shared.py";

/** Functions of these modules that send, or say where: their keys are no properties. */
const PLUMBING = new RegExp(
  "^(?:segment_|_?send_|strip_|before_send|_default_context|with_default|_default_telemetry|initialize_|_write_|" +
    "_read_|_fetch|_is_|_hash|_track$|_identify$)",
);

/** Reads what an installed Rasa reports. */
export function readReported({ modules }: Installed): Reported {
  const texts = MODULES.map((path) => modules.get(path) ?? "");
  const constants = new Map([...texts, modules.get(BUILDER) ?? ""].flatMap(constantsOf));
  const properties = new Map<string, string[]>();
  for (const [name, body] of texts.flatMap(functionsOf)) {
    if (PLUMBING.test(name)) continue;
    for (const key of keysOf(body, constants)) properties.set(key, [...properties.get(key) ?? [], name]);
  }
  // Events are named by constants. Those that aren't called so have names of several words with capitals.
  const events = [...constants].filter(([name, value]) => name.endsWith("_EVENT") || /^[A-Z]\w* [A-Z]/.test(value))
    .map(([, value]) => value);
  const quoted = texts.flatMap((text) => [...text.matchAll(/"([^"\n]+)"/g)].map(([, value = ""]) => value));
  return { events: [...new Set(events)], properties, texts: new Set(quoted) };
}

/** The texts that a module gives names in capitals to. */
function constantsOf(text: string): (readonly [name: string, value: string])[] {
  return [...text.matchAll(/^([A-Z][A-Z0-9_]*)(?:: \w+)? = \(?\s*"([^"]+)"/gm)]
    .map(([, name = "", value = ""]) => [name, value] as const);
}

/** The functions of a module and their text, what is outside of them aside. Those inside a function count with it. */
function functionsOf(text: string): (readonly [name: string, body: string])[] {
  return text.split(/^(?=(?:async )?def |class |@)/m)
    .flatMap((part) => {
      const name = /^(?:async )?def (\w+)/.exec(part)?.[1];
      return name === undefined ? [] : [[name, part] as const];
    });
}

/** The keys that a function gives to objects: literals, and constants that stand for them. */
function keysOf(body: string, constants: ReadonlyMap<string, string>): string[] {
  const literals = [
    ...body.matchAll(
      /^\s+"([a-z][a-z0-9_]*)":|\b(?:properties|tracking_data|attributes|agent_data)\["([a-z0-9_]+)"\]/gm,
    ),
  ]
    .map(([, key, other]) => key ?? other ?? "");
  const named = [...body.matchAll(/^\s+([A-Z][A-Z0-9_]+):|\b(?:traits|data)\[([A-Z][A-Z0-9_]+)\] =/gm)]
    .flatMap(([, key, other]) => constants.get(key ?? other ?? "") ?? []);
  return [...new Set([...literals, ...named])];
}
