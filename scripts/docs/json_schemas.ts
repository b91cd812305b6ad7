import { PERMISSIONS } from "../../lib/consent/permission.ts";
import { RULES } from "../../lib/consent/rules.ts";
import { OUTCOMES } from "../../lib/recording/outcome.ts";
import { PROXY_REFUSALS } from "../../lib/host/host.ts";
import { DROPS } from "../../lib/sender/disk_queue/files.ts";
import { SENT_OUTCOMES } from "../../lib/sender/sent_log.ts";

/**
 * What each command's `--json` prints, as JSON Schema (draft 2020-12). The schemas are written by hand, because they
 * are a promise to programs: tests hold what is really printed against them, and nothing may be printed that they don't
 * name.
 */

type Schema = Readonly<Record<string, unknown>>;

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

const bool: Schema = { type: "boolean" };
const text: Schema = { type: "string" };
const count: Schema = { type: "integer", minimum: 0 };
const moment: Schema = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" };
const uuid: Schema = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" };
const digest: Schema = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** An object with exactly these keys, unless some are said to be optional. */
function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

function described(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

/** A schema that null fits too. Its pattern or minimum binds texts or numbers alone, so that a null passes it. */
function orNull(schema: Schema, whenNull: string): Schema {
  const { type } = schema;
  if (typeof type !== "string" || type === "object") {
    return { anyOf: [schema, { type: "null" }], description: whenNull };
  }
  return { ...schema, type: [type, "null"], description: whenNull };
}

function oneOf(...values: readonly (string | null)[]): Schema {
  return { enum: values };
}

function listOf(items: Schema): Schema {
  return { type: "array", items };
}

function mapOf(values: Schema): Schema {
  return { type: "object", additionalProperties: values };
}

/** Each name once: two rules share one where they look at the same thing. */
const DECIDED_BY = [...new Set(RULES.map(({ decidedBy }) => decidedBy))];

const decidedBy = described(oneOf(...DECIDED_BY), "The first rule that applies");

const machineId: Schema = { type: "string", pattern: "^[0-9a-f]{32}$" };

const leavesFrom = orNull(
  moment,
  "From when on a report leaves that is recorded now; null where no date is known: never, or after somebody was told",
);

const context = object({
  os: object({ name: text, version: orNull(text, "Null where it can't be told") }),
  ci: bool,
  project: orNull(digest, "SHA-256; null where there is no project or it can't be told"),
  python: orNull(text, "Null where the caller didn't say"),
  rasa_pro: orNull(text, "Null where the caller didn't say"),
  cpu: orNull(count, "Null where it can't be told"),
  docker: orNull(bool, "Null where nothing tells"),
  license_hash: orNull(digest, "SHA-256; null where there is no valid licence"),
  company: orNull(text, "Null where there is no valid licence"),
  gpu: orNull(count, "Null where it can't be told"),
  cloud: orNull(bool, "Null where it can't be told"),
});

const userId = orNull(machineId, "The machine id; null before there is one");

/** What every report has. */
const frame = { userId, context: { $ref: "#/$defs/context" }, messageId: uuid, timestamp: moment };

/** The definitions of a document that refers to a report. */
const definitions = {
  $defs: {
    context,
    report: {
      description: "An event or the traits, as they leave; what is in them: rasa-telemetry events EVENT --json",
      oneOf: [
        object({ ...frame, event: text, properties: { type: "object" } }),
        object({ ...frame, traits: { type: "object" } }),
      ],
    },
  },
};

const report: Schema = { $ref: "#/$defs/report" };

const held = {
  withheld: described(listOf(text), "Paths of the catalogue whose values did not pass"),
  withheldUnknown: described(
    count,
    "How many keys are not in the catalogue, and how many entries were over a list's limit",
  ),
};

const where = {
  endpoint: orNull(text, "The address that it went to; null where the log doesn't say"),
  permission: described(
    oneOf(...Object.keys(PERMISSIONS), null),
    "Under what it was recorded; null where the log doesn't say",
  ),
};

const recorded: Schema = {
  ...object({
    outcome: described(
      oneOf(...OUTCOMES),
      "held: it may not leave yet; local: kept on this machine, and never sent; rejected: for good; " +
        "dropped: could be neither kept nor delivered",
    ),
    messageId: orNull(uuid, "Null where no report was made"),
    heldUntil: orNull(moment, "Until when it is held; null where it isn't, or nobody was told yet"),
    ...held,
    report: described(report, "Only in debug mode: the report exactly as it would leave"),
  }, ["report"]),
  ...definitions,
};

const chosen = object({ enabled: bool, decidedBy });

const tally = { delivered: count, rejected: count, attempted: count };

const SCHEMAS: Readonly<Record<string, Schema>> = {
  status: object({
    enabled: bool,
    decidedBy,
    overruled: described(listOf(oneOf(...DECIDED_BY)), "The rules that say no, where a licence comes before them"),
    since: orNull(moment, "When the choice that decides was made; null where none decides, or it carries no date"),
    debug: bool,
    permission: described(
      oneOf(...Object.keys(PERMISSIONS), "local", null),
      "Under what a report would be recorded now; null where nothing is recorded",
    ),
    leavesFrom,
    toldAt: orNull(moment, "When the notice was shown; null where it wasn't, or a no or a new id came after it"),
    machineId: orNull(machineId, "Null where there is none yet"),
    formerIds: described(listOf(machineId), "Ids that reset-id has replaced, oldest first"),
    addressee: described(text, "Who receives reports"),
    endpoint: text,
    configFile: orNull(text, "Null where no home folder is known"),
    policyFile: orNull(text, "The policy file that says no; null where none does, or none was looked for"),
    queueDirectory: orNull(text, "Null where no home folder is known"),
    queued: described(count, "Reports that wait"),
    held: described(count, "How many of these may not leave yet"),
    heldBy: described(
      object({
        hour: described(count, "The hour after the notice isn't over"),
        notice: described(count, "The notice must be shown first"),
        licence: described(count, "They were recorded under a licence, and none keeps telemetry on now"),
      }),
      "The same, by what they wait for",
    ),
    hopeless: described(count, "How many never leave: the next delivery deletes them, or sets aside what is no report"),
    passedBy: described(
      object({
        newer: described(count, "A newer version of this program wrote them, and delivers them"),
        foreign: described(count, "Their files are another user's: they are never sent"),
        unreadable: described(count, "Their files can't be read just now"),
      }),
      "How many of these every delivery passes by",
    ),
    delivery: described(
      oneOf("free", "busy", "impossible", null),
      "Whether a delivery could begin now; busy: another process delivers, or waits for requests to end; impossible: " +
        "a lock can't be asked for, and what waits stays; null where no home folder is known",
    ),
    nextDelivery: orNull(
      moment,
      "Before when nothing is sent by itself: the server asked to wait, or the last request failed; null where neither",
    ),
    dropped: described(count, "Reports that were dropped so far"),
    droppedBy: described(
      object(Object.fromEntries(Object.entries(DROPS).map(([rule, { words }]) => [rule, described(count, words)]))),
      "The same, by rule",
    ),
    lastDelivery: orNull(
      object({
        at: moment,
        outcome: oneOf("delivered", "rejected", "failed"),
        reports: count,
        status: orNull({ type: "integer" }, "What the server answered; null where it didn't"),
        proxy: described(oneOf(...PROXY_REFUSALS), "How the proxy refused to connect to it; missing where none did"),
      }, ["proxy"]),
      "Null where there was none yet",
    ),
    version: text,
  }),
  track: recorded,
  identify: recorded,
  stream: object({ accepted: count, delivered: count, queued: count, rejected: count, dropped: count }),
  flush: {
    ...object({
      delivered: count,
      rejected: count,
      left: count,
      reports: described(listOf(report), "Only in debug mode: what could leave, exactly as it would"),
    }, ["reports"]),
    ...definitions,
  },
  enable: chosen,
  disable: chosen,
  "reset-id": object({
    machineId: orNull(machineId, "Null with --forget: the next one is made when it is needed"),
    formerIds: described(listOf(machineId), "The ids before it, oldest first; with --forget for the last time"),
  }),
  init: object({
    shown: described(bool, "Whether the notice was shown by this process"),
    answer: orNull(bool, "Null where nothing was asked or nobody answered"),
    enabled: bool,
    leavesFrom,
  }),
  inspect: object({
    enabled: bool,
    decidedBy,
    event: orNull(text, "Null where none was named"),
    fields: listOf(object({
      field: text,
      value: described({}, "This machine's value; null where it is unknown or comes from the caller"),
      source: text,
      purpose: text,
    })),
  }),
  events: described(
    { type: "object" },
    "A JSON Schema of one event's properties, or one for each event by its name",
  ),
  log: {
    description: "One line of NDJSON for each report; the same with --local; what --summary prints; what clear prints",
    oneOf: [
      object({ recordedAt: described(moment, "When it was recorded and kept"), ...held, report }),
      object({
        sentAt: described(moment, "When the server's answer came, or nobody waited for it any more"),
        outcome: described(
          oneOf(...SENT_OUTCOMES),
          "rejected: for good; attempted: it went out, or may have, and no answer took or refused it",
        ),
        reason: orNull(text, "Why it was not delivered; null where it was"),
        ...where,
        ...held,
        report,
      }),
      object({
        ...tally,
        from: orNull(moment, "Null where there is nothing"),
        to: orNull(moment, "Null where there is nothing"),
        endpoints: described(mapOf(object(tally)), "By the address that they went to"),
        permissions: described(mapOf(object(tally)), "By the permission that they were recorded under"),
        events: mapOf(object(tally)),
        days: described(mapOf(object(tally)), "By day in UTC"),
        withheld: object({
          reports: described(count, "From how many reports anything was withheld"),
          properties: described(mapOf(count), "By path of the catalogue: from how many"),
          unknown: described(count, "The sum of withheldUnknown"),
        }),
      }),
      object({ deleted: count }),
    ],
    ...definitions,
  },
};

/** The schemas by command. */
export const JSON_SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.entries(SCHEMAS).map(([name, schema]) => [name, { $schema: DRAFT, title: `${name} --json`, ...schema }]),
);

/** The file that `export` writes. */
export const EXPORT_SCHEMA: Schema = {
  $schema: DRAFT,
  title: "export FILE",
  ...object({
    about: described(listOf(text), "What the document is, for whoever is handed it; may change at any time"),
    format: described({ const: 1 }, "Another number may mean something else by the same names"),
    madeAt: moment,
    version: described(text, "The version of the program"),
    enabled: bool,
    decidedBy,
    addressee: described(text, "Who receives reports"),
    endpoint: text,
    machineId: orNull(machineId, "Null where there is none yet"),
    formerIds: described(listOf(machineId), "Ids that reset-id has replaced, oldest first"),
    toldAt: orNull(
      moment,
      "When the notice was shown; null where it wasn't, or a no, a new id or a copy came after it",
    ),
    since: orNull(moment, "When the choice that decides was made; null where none decides, or it carries no date"),
    gaps: described(listOf(text), "What the document lacks for a reason that is known, a sentence each"),
    waiting: described(
      listOf(object({
        permission: described(oneOf(...Object.keys(PERMISSIONS)), "Under what it was recorded"),
        leavesFrom: orNull(
          moment,
          "From when on it may leave; null before users were told, and while telemetry is off",
        ),
        report: described(report, "As it would leave"),
      })),
      "The reports that wait, oldest first",
    ),
    sent: described(
      listOf(object({
        sentAt: described(moment, "When the server's answer came, or nobody waited for it any more"),
        outcome: oneOf(...SENT_OUTCOMES),
        ...where,
        report: described(report, "As it left"),
      })),
      "The log of what was sent, oldest first",
    ),
    leftOut: object({
      waiting: object({
        never: described(count, "They may not leave as things are, and the next delivery deletes them"),
        unclear: described(count, "Nobody can tell just now whether they may leave"),
        newer: described(count, "A newer version of this program wrote them"),
        foreign: described(count, "Their files are another user's"),
        unreadable: described(count, "Their files can't be read just now"),
        broken: described(count, "Their files are no reports of this program"),
      }),
      sent: described(count, "Entries of the log that the catalogue of this version doesn't allow"),
    }),
  }),
  ...definitions,
};
