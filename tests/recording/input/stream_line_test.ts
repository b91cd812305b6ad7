import { assertEquals } from "@std/assert";
import { type Line, MAX_LINE_BYTES } from "../../../lib/recording/input/lines.ts";
import { parseStreamLine, type StreamEntry } from "../../../lib/recording/input/stream_line.ts";
import { findEvent, TRAITS } from "../../../lib/report/catalogue.ts";

const parse = (content: string): StreamEntry | string => {
  const entry = parseStreamLine({ number: 1, text: content, problem: undefined });
  return typeof entry === "object" && "unknown" in entry ? entry.unknown : entry;
};
const shell = {
  event: "Shell Started",
  root: "properties",
  rules: findEvent("Shell Started")?.properties,
  announced: 1,
} as const;
const traits = { event: undefined, root: "traits", rules: TRAITS, announced: 1 } as const;

const GOOD: Readonly<Record<string, readonly [line: string, entry: unknown]>> = {
  "an event alone": [
    '{"event": "Shell Started"}',
    { recording: shell, values: undefined, context: undefined, timestamp: undefined },
  ],
  "everything an event has": [
    '{"event": "Shell Started", "properties": {"type": "rasa"}, "context": {"python": "3.11.7"}, ' +
    '"timestamp": "2026-03-01T12:00:00.000Z"}',
    {
      recording: shell,
      values: { type: "rasa" },
      context: { python: "3.11.7" },
      timestamp: "2026-03-01T12:00:00.000Z",
    },
  ],
  "null for what is not there": [
    '{"event": "Shell Started", "traits": null, "properties": null, "context": null, "timestamp": null}',
    { recording: shell, values: null, context: null, timestamp: undefined },
  ],
  "traits": [
    '{"traits": {"tracing_backend": "jaeger"}, "context": {"rasa_pro": "3.8.0"}}',
    {
      recording: traits,
      values: { tracing_backend: "jaeger" },
      context: { rasa_pro: "3.8.0" },
      timestamp: undefined,
    },
  ],
  "the line end of Windows and blanks around": [
    ' \t{"event": "Shell Started"}\r',
    { recording: shell, values: undefined, context: undefined, timestamp: undefined },
  ],
};

for (const [name, [line, entry]] of Object.entries(GOOD)) {
  Deno.test(`parseStreamLine takes ${name}`, () => assertEquals<unknown>(parse(line), entry));
}

const SHAPE = 'it must be one object with "event" (or "traits"), "properties", "context" and "timestamp"';
const NO_OBJECT = `it is not a JSON object; ${SHAPE}`;
const NO_JSON = `it is not JSON; ${SHAPE}`;
const NO_EVENT = `it has no "event"; ${SHAPE}`;
const NO_MOMENT = '"timestamp" must be a moment with its zone, such as "2026-03-01T12:00:00.000Z"';
/** Stands wherever a caller could put one. */
const SECRET = "sk-live-51Hxyz";

const BAD: Readonly<Record<string, readonly [line: string, message: string]>> = {
  "half an object": [`{"event": "Shell Started", "properties": {"type": "${SECRET}`, NO_JSON],
  "two objects": [`{"event": "Shell Started"}{"${SECRET}": 1}`, NO_JSON],
  "text": [SECRET, NO_JSON],
  "a string": [`"${SECRET}"`, NO_OBJECT],
  "null": ["null", NO_OBJECT],
  "a list": [`[{"event": "Shell Started", "x": "${SECRET}"}]`, NO_OBJECT],
  "Python's own notation": [`{'event': '${SECRET}'}`, NO_JSON],
  "100,000 nested brackets": ["[".repeat(100_000), NO_JSON],
  "an empty object": ["{}", NO_EVENT],
  "null for an event": ['{"event": null}', NO_EVENT],
  "null for traits": ['{"traits": null}', NO_EVENT],
  "an event that is no name": [`{"event": ["${SECRET}"]}`, NO_EVENT],
  "properties without an event": [`{"properties": {"type": "${SECRET}"}}`, NO_EVENT],
  "an unknown key": [
    `{"event": "Shell Started", "${SECRET}": 1}`,
    `it has 1 unknown top-level key; ${SHAPE}`,
  ],
  "two unknown keys, one with a name of the language's own": [
    `{"event": "Shell Started", "${SECRET}": 1, "__proto__": {"event": "x"}}`,
    `it has 2 unknown top-level keys; ${SHAPE}`,
  ],
  "properties that are no object": [
    `{"event": "Shell Started", "properties": "${SECRET}"}`,
    `it has "properties" that must be a JSON object; ${SHAPE}`,
  ],
  "several parts that are no objects": [
    `{"event": "Shell Started", "traits": 0, "properties": ["${SECRET}"], "context": false}`,
    `it has "traits" and "properties" and "context" that must be JSON objects; ${SHAPE}`,
  ],
  "a misspelt event": [
    '{"event": "Shell Strted"}',
    '"Shell Strted": no such event; the nearest is "Shell Started"',
  ],
  "an event in another case": [
    '{"event": "shell started"}',
    '"shell started": no such event; the nearest is "Shell Started"',
  ],
  "an event with nothing in common": [
    '{"event": "zzzzzzzzzzzzzzzzzzzzzzzzzzz"}',
    '"zzzzzzzzzzzzzzzzzzzzzzzzzzz": no such event; rasa-telemetry events lists them all',
  ],
  "an event with an empty name": ['{"event": ""}', '"": no such event; rasa-telemetry events lists them all'],
  "an event's name that steers a terminal": [
    '{"event": "\\u001b[2J\\u202eShell\\n"}',
    '"\uFFFD[2J\uFFFDShell\uFFFD": no such event; rasa-telemetry events lists them all',
  ],
};

for (const [name, [line, message]] of Object.entries(BAD)) {
  Deno.test(`parseStreamLine refuses ${name}, and quotes nothing but an event's name`, () => {
    const said = parse(line);
    assertEquals([said, String(said).includes(SECRET)], [message, false]);
  });
}

Deno.test("parseStreamLine quotes no more than the beginning of an event's name", () => {
  const name = "x".repeat(MAX_LINE_BYTES / 2);
  const said = parse(JSON.stringify({ event: name }));
  assertEquals(said, `"${"x".repeat(60)}…": no such event; rasa-telemetry events lists them all`);
});

for (
  const [problem, message] of [["too long", "it is longer than 256 KiB"], ["not UTF-8", "it is not UTF-8"]] as const
) {
  Deno.test(`parseStreamLine says of a line that could not be cut that it is ${problem}`, () => {
    const line: Line = { number: 1, text: undefined, problem };
    assertEquals(parseStreamLine(line), message);
  });
}

const MOMENTS: readonly (readonly [given: unknown, moment: string | null])[] = [
  ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"],
  ["2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.500Z"],
  // As Python's isoformat writes it, with microseconds and the zone.
  ["2026-03-01T12:00:00.123456+00:00", "2026-03-01T12:00:00.123Z"],
  ["2026-03-01 12:00:00.123456+05:30", "2026-03-01T06:30:00.123Z"],
  ["2026-03-01T12:00:00.999999999-02:00", "2026-03-01T14:00:00.999Z"],
  ["2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000Z"],
  ["2024-02-01T24:00:00Z", "2024-02-02T00:00:00.000Z"],
  ["2024-02-01T24:00:00+00:00", "2024-02-02T00:00:00.000Z"],
  // Without a zone it means another moment on every machine.
  ["2026-03-01T12:00:00", null],
  ["2026-03-01", null],
  ["2026-13-01T12:00:00Z", null],
  ["2026-03-01T25:00:00Z", null],
  ["2026-03-01T12:00:60Z", null],
  ["2026-03-01T12:00:00+99:00", null],
  // A year of more than four digits is written with a sign, which is no ISO 8601 that a server must know.
  ["9999-12-31T23:59:59-01:00", null],
  ["0000-01-01T00:00:00+01:00", null],
  ["2026-03-01T12:00:00Z ", null],
  [`2026-03-01T12:00:00Z (${SECRET})`, null],
  ["12:00:00Z", null],
  ["", null],
  [1772366400000, null],
  [true, null],
  [["2026-03-01T12:00:00Z"], null],
  [{}, null],
];

for (const [given, moment] of MOMENTS) {
  Deno.test(`parseStreamLine takes ${JSON.stringify(given)} for ${moment ?? "no moment"}`, () => {
    const entry = parse(JSON.stringify({ event: "Shell Started", timestamp: given }));
    const taken = typeof entry === "string" ? entry : entry.timestamp;
    assertEquals(taken, moment ?? NO_MOMENT);
  });
}
