import type { Installed } from "./installed.ts";

/** A closed set of words in an installed Rasa, and the vocabulary that has them. */
export interface ClosedSet {
  /** The vocabulary, and the name of its data file. */
  readonly vocabulary: string;
  /** What is read, in words, for the data file's source. */
  readonly from: string;
  readonly read: (installed: Installed) => Promise<readonly string[]> | readonly string[];
}

/** LiteLLM's enumeration of providers, beside Rasa's package. */
const LITELLM_TYPES = "litellm/types/utils.py";

/** A word that says that the provider is none of those: it is what is reported in place of unknown ones. */
const CUSTOM = "custom";

/**
 * The parts of Rasa that run assistants. The builder and the command line have examples of assistants among their
 * modules, whose names are about goods and money, as a user's are.
 */
const ENGINE =
  /^rasa\/(?:[a-z_]+\.py|(?:agents|core|dialogue_understanding|engine|mantle|nlu|privacy|shared|tracing|utils)\/)/;

/** The closed sets that are read, each from the place in Rasa that decides what is allowed. */
export const CLOSED_SETS: readonly ClosedSet[] = [
  {
    vocabulary: "channel",
    from: "the names of the channels that a server can listen on",
    read: readChannels,
  },
  {
    vocabulary: "tracker_store",
    from: "the types and classes of tracker stores",
    read: (installed) => [
      ...find(installed, /^rasa\/core\/tracker_store/, /\.type\.lower\(\) == "([a-z_]+)"/g),
      ...find(installed, /^rasa\/core\/tracker_store/, /^class (\w*TrackerStore)\b/gm),
    ],
  },
  {
    vocabulary: "lock_store",
    from: "the types and classes of lock stores",
    read: (installed) => [
      ...find(installed, /^rasa\/core\/(?:concurrent_)?lock_store/, /\.type == "([a-z_]+)"/g),
      ...find(installed, /^rasa\/core\/(?:concurrent_)?lock_store/, /^class (\w*LockStore)\b/gm),
    ],
  },
  {
    vocabulary: "broker",
    from: "the types and classes of event brokers",
    read: (installed) => [
      ...find(installed, /^rasa\/core\/brokers\/broker\.py/, /\.type\.lower\(\) == "([a-z_]+)"/g),
      ...find(installed, /^rasa\/core\/brokers\//, /^class (\w*EventBroker)\b/gm),
    ],
  },
  {
    vocabulary: "component",
    from: "the classes that are registered as components",
    read: (installed) => find(installed, /^rasa\//, /^@DefaultV1Recipe\.register\([\s\S]*?^class (\w+)/gm),
  },
  {
    vocabulary: "provider",
    from: "LiteLLM's enumeration of providers, and Rasa's constants",
    read: async (installed) => {
      const types = await installed.other(LITELLM_TYPES) ?? "";
      const listed = /^class LlmProviders\(.*\):\n([\s\S]*?)\n(?=\S)/m.exec(types)?.[1] ?? "";
      const constants = find(installed, /^rasa\/shared\/constants\.py/, /^[A-Z_]+_PROVIDER = "([a-z_-]+)"/gm);
      return [...matches(listed, /= "([^"]+)"/g), ...constants].filter((word) => word !== CUSTOM);
    },
  },
  { vocabulary: "error", from: "the classes of exceptions", read: readErrors },
  {
    vocabulary: "log_id",
    from: "the literal names of events that rasa/validator.py logs",
    read: (installed) =>
      find(installed, /^rasa\/validator\.py/, /structlogger\.(?:error|warn|warning)\(\s*"([\w.]+)"/g),
  },
  {
    vocabulary: "error_code",
    from: "the literal codes of errors",
    read: (installed) => [
      ...find(installed, /^rasa\//, /\bcode=\s*\(?\s*"([\w.]+\.[\w.]+)"/g),
      ...find(installed, /^rasa\//, /^_?[A-Z_]*CODE(?:: \w+)? = \(?\s*"([\w.]+\.[\w.]+)"/gm),
    ],
  },
  {
    vocabulary: "package_tree",
    from: "the names of modules and packages of the engine",
    read: ({ modules }) =>
      [...modules.keys()].filter((path) => ENGINE.test(path)).flatMap((path) => path.replace(/\.py$/, "").split("/"))
        .filter((name) => name !== "rasa"),
  },
];

/** What a pattern's first group matches in the modules whose path matches, each word once. */
function find({ modules }: Installed, paths: RegExp, pattern: RegExp): string[] {
  return [...new Set([...modules].flatMap(([path, text]) => paths.test(path) ? matches(text, pattern) : []))];
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, word]) => word ?? "");
}

/** The names that the classes of built-in channels give themselves. */
function readChannels({ modules }: Installed): string[] {
  const folder = [...modules].filter(([path]) => path.startsWith("rasa/core/channels/")).map(([, text]) => text);
  const listed = /^input_channel_classes[\s\S]*?^\]/m.exec(modules.get("rasa/core/channels/__init__.py") ?? "")?.[0] ??
    "";
  const builtIn = new Set(matches(listed, /\b([A-Z]\w+)\b/g));
  const classes = folder.flatMap((text) => text.split(/^class (?=\w)/m).slice(1));
  const names = classes.filter((text) => builtIn.has(/^\w+/.exec(text)?.[0] ?? ""))
    .flatMap((text) =>
      matches(text, /def name\([^)]*\)[^:]*:\s*(?:"""[\s\S]*?"""\s*)?return "([a-z_]+)"/g).slice(0, 1)
    );
  const constants = folder.flatMap((text) => matches(text, /^CHANNEL_NAME = "([a-z_]+)"/gm));
  return [...new Set([...names, ...constants])];
}

/** Classes whose bases lead to one of Python's exceptions. */
function readErrors(installed: Installed): string[] {
  const classes = [...installed.modules.values()].flatMap((text) =>
    [...text.matchAll(/^class (\w+)\(([^)]*)\)/gm)].map(([, name = "", bases = ""]) =>
      [name, bases.split(",").map((base) => base.trim().split(".").at(-1) ?? "")] as const
    )
  );
  const errors = new Set([
    "Exception",
    "BaseException",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "KeyError",
    "OSError",
  ]);
  const python = errors.size;
  for (let before = 0; before < errors.size;) {
    before = errors.size;
    for (const [name, bases] of classes) if (bases.some((base) => errors.has(base))) errors.add(name);
  }
  return [...errors].slice(python).filter((name) => !name.startsWith("_"));
}
