/** One field that every report has: where its value comes from, and why it is collected. */
export interface FieldRule {
  readonly field: string;
  readonly source: string;
  readonly purpose: string;
}

/** A field with this machine's value; null where it is unknown, or comes from the caller at the time of the event. */
export interface InspectedField extends FieldRule {
  readonly value: unknown;
}

/** The fields of every report, in their order. An event's own properties are in the catalogue. */
export const FIELDS: readonly FieldRule[] = [
  {
    field: "userId",
    source: "a random number made on this machine, or the one that Rasa had; or RASA_TELEMETRY_MACHINE_ID",
    purpose: "counts installations, and groups the reports of each",
  },
  { field: "event", source: "the caller; a name of the catalogue", purpose: "says which feature ran" },
  { field: "properties.metrics_id", source: "the same as userId", purpose: "the same as userId" },
  { field: "context.os.name", source: "the operating system", purpose: "which systems Rasa Pro must run on" },
  { field: "context.os.version", source: "the kernel's release", purpose: "which systems Rasa Pro must run on" },
  {
    field: "context.ci",
    source: "whether a variable of a CI service exists",
    purpose: "tells automated runs from people's",
  },
  {
    field: "context.project",
    source: "SHA-256 of git's address of the remote origin, without a user and password; the address itself stays here",
    purpose: "counts projects without naming them",
  },
  { field: "context.python", source: "the caller", purpose: "which versions of Python must be supported" },
  { field: "context.rasa_pro", source: "the caller", purpose: "which versions of Rasa Pro are in use" },
  {
    field: "context.cpu",
    source: "the number of logical processors that the process may use: all of the machine's, or what a container's " +
      "limit or an affinity leaves; null where it can't be told",
    purpose: "with how many processors Rasa Pro must perform",
  },
  {
    field: "context.docker",
    source: "markers and variables that containers have; null where nothing tells",
    purpose: "whether Rasa Pro runs in containers",
  },
  {
    field: "context.license_hash",
    source: "SHA-256 of the licence; the licence itself stays here",
    purpose: "how each licence is used",
  },
  { field: "context.company", source: "the company that a valid licence names", purpose: "which customer to support" },
  {
    field: "context.gpu",
    source:
      "the number of NVIDIA's and AMD's devices that the system lists; null where it lists none and may have some",
    purpose: "on what kind of machine Rasa Pro must perform",
  },
  {
    field: "context.cloud",
    source: "variables and files that clouds leave; null where nothing tells",
    purpose: "whether Rasa Pro runs in a cloud",
  },
  {
    field: "messageId",
    source: "a random number, new for each report",
    purpose: "lets the server drop a report that arrives twice",
  },
  { field: "timestamp", source: "the clock", purpose: "when it happened" },
  {
    field: "sentAt",
    source: "the clock, at each attempt; added on the wire",
    purpose: "lets the server correct for a wrong clock",
  },
  {
    field: "type",
    source: "track or identify; added on the wire where several reports are sent together",
    purpose: "tells events from traits",
  },
];
