/**
 * The layers of the program, lowest first. A module may import from its own place and from the layers below. Places of
 * the same layer don't import each other, but single files of one layer do. A folder and those inside it are one place.
 */
export const LAYERS: readonly { readonly places: readonly string[]; readonly why: string }[] = [
  { places: ["lib/host"], why: "the machine as the program sees it; it knows nothing of telemetry" },
  {
    places: [
      "lib/build_config.ts",
      "lib/cache.ts",
      "lib/join_bytes.ts",
      "lib/json_object.ts",
      "lib/moment.ts",
      "lib/sha256.ts",
      "lib/soon.ts",
      "lib/unicode.ts",
    ],
    why: "small facts and functions that every room may use",
  },
  { places: ["lib/terminal"], why: "how texts are laid out, whatever they say" },
  {
    places: ["lib/home.ts", "lib/licence", "lib/machine_id.ts"],
    why: "where files are, whose machine this is, and what its licence says",
  },
  {
    places: ["lib/consent", "lib/context"],
    why: "whether anything may be recorded, and what is known about the machine",
  },
  { places: ["lib/report"], why: "what may leave, made from an event and a context" },
  { places: ["lib/sender"], why: "how reports wait and leave" },
  { places: ["lib/cli"], why: "how a command line is read and explained, whatever the command does" },
  { places: ["lib/page", "lib/recording"], why: "what several commands do: show everything, and record" },
  { places: ["lib/commands"], why: "one file for each command, and nothing that another command needs" },
  { places: ["lib/cli.ts"], why: "from the command line to a command and its exit code" },
  { places: ["main.ts"], why: "the start" },
];

/**
 * What is loaded with `import()`, by which module alone, and why: with the figure where it was measured
 * (docs/performance.md).
 */
export const LOADED_LATER: readonly { readonly place: string; readonly by: string; readonly why: string }[] = [
  { place: "lib/commands", by: "lib/cli.ts", why: "a process runs one command; off: 1.14 → 1.06 times the floor" },
  { place: "lib/recording/say_withheld.ts", by: "lib/recording/record.ts", why: "only debug mode says it" },
  { place: "lib/cli/help.ts", by: "lib/cli.ts", why: "only help is laid out; part of 1.14 → 1.06" },
  {
    place: "lib/terminal/paint.ts",
    by: "lib/cli.ts",
    why: "only texts for people have colours; part of 1.14 → 1.06",
  },
  {
    place: "lib/recording/record_one.ts",
    by: "lib/recording/record.ts",
    why: "250 KB with the catalogue, the sender and the context; most of 1.14 → 1.06",
  },
  {
    place: "lib/recording/deliver.ts",
    by: "lib/recording/disk_keeper.ts",
    why: "what is only queued needs none of the code that sends: 2 % of the floor",
  },
  {
    place: "lib/consent/choose.ts",
    by: "lib/sender/sweep.ts",
    why: "hardly ever has anything written over a no: 1 % of the floor where a report is recorded",
  },
  {
    place: "lib/sender/sweep.ts",
    by: "lib/recording/settle_changes.ts",
    why: "only the first process after a change has something to keep and to delete",
  },
  {
    place: "lib/cli/show_notice.ts",
    by: "lib/commands/init.ts",
    why: "nearly every run finds that users were told; with YAML's parser, so at least 2 ms",
  },
  {
    place: "lib/consent/judge.ts",
    by: "lib/consent/consent.ts",
    why: "whoever is off by a variable needs no file; off: 1.18 → 1.13",
  },
  {
    place: "lib/consent/global_yml/yaml.ts",
    by: "lib/consent/global_yml/parse.ts",
    why: "has YAML's parser: 5 % of the floor",
  },
  {
    place: "lib/consent/global_yml/patch.ts",
    by: "lib/consent/global_yml/store.ts",
    why: "has YAML's parser too, and a choice that is stored already isn't stored again",
  },
  {
    place: "lib/licence/verify.ts",
    by: "lib/licence/licence.ts",
    why: "few machines have a licence; off: 3 % of the floor",
  },
  {
    place: "lib/sender/disk_queue/content.ts",
    by: "lib/sender/survey.ts",
    why: "has the catalogue, and mostly nothing waits; status: 1.60 → 1.47",
  },
  {
    place: "lib/page/read_page_data.ts",
    by: "lib/commands/inspect.ts",
    why: "one option of one command needs the page",
  },
];

/** What must not be loaded before the command is known, or before `track` knows whether telemetry is on. */
export const NOT_AT_START: readonly { readonly place: string; readonly until: "command" | "consent" }[] = [
  { place: "lib/commands", until: "command" },
  { place: "lib/cli/help.ts", until: "consent" },
  { place: "lib/terminal/paint.ts", until: "consent" },
  { place: "lib/context", until: "consent" },
  { place: "lib/report", until: "consent" },
  { place: "lib/sender", until: "consent" },
  { place: "lib/recording/record_one.ts", until: "consent" },
  { place: "lib/consent/permit.ts", until: "consent" },
  { place: "lib/consent/judge.ts", until: "consent" },
  { place: "lib/consent/global_yml/yaml.ts", until: "consent" },
  { place: "lib/consent/global_yml/store.ts", until: "consent" },
  { place: "lib/licence/verify.ts", until: "consent" },
  { place: "lib/page", until: "consent" },
];

/** Limits of the house. */
export const LIMITS = {
  /** Longest line of lib and scripts, in characters, comments too. `deno fmt` doesn't wrap those. */
  columns: 120,
  /** Most lines of main.ts: it starts the program, and does nothing else. */
  mainLines: 30,
  /** Most files in lib/commands: one for each command. */
  commands: 16,
  /** Most files directly in scripts/: the others are in the folder of their trade. */
  flatScripts: 8,
  /** Most files of the project that `init` loads, with those that read consent from files: a host waits for it. */
  initFiles: 58,
} as const;
