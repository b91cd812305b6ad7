import { assertEquals } from "@std/assert";
import { OS_NAMES, OS_VERSION } from "../../lib/context/hardware.ts";
import { CATALOGUE_VERSION, EVENTS, METRICS_ID, TRAITS_RULE } from "../../lib/report/catalogue.ts";
import { FIELDS } from "../../lib/report/fields.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { rule } from "../../lib/report/rule.ts";
import { schemaOf } from "../../lib/report/schema.ts";
import { sha256 } from "../../lib/sha256.ts";

/**
 * What may be reported under each version of the catalogue, as a digest. For a change, raise `CATALOGUE_VERSION` and
 * add a line. The line of a version that was released is never changed: an older program would take a newer report for
 * a broken one.
 */
const VERSIONS: readonly (readonly [version: number, digest: string])[] = [
  [1, "63e7f62ada08a66086bf044e980f0ecd610e7972c215508c16639c0c828ecfa1"],
];

/**
 * What each notice announced, as a digest of its events and properties. The line of a notice that was released is never
 * changed: what is added later is announced by a later notice.
 */
const NOTICES: readonly (readonly [notice: number, digest: string])[] = [
  [1, "133f026f77fce4c37a5c8adfc752c7b128a9f3a956f68b4eab155683f5155d11"],
];

const RULES = [...EVENTS, TRAITS_RULE];

/** Every event and property with the number of its notice. */
const ANNOUNCED: readonly (readonly [notice: number, path: string])[] = RULES.flatMap((event) => [
  [event.announced, event.name] as const,
  ...flatten(event.properties, `${event.name}: `).map(([path, { announced }]) => [announced, path] as const),
]);

/** Keys of a schema whose texts change nothing of what may be reported. */
const NOTES: ReadonlySet<string> = new Set(["description", "$comment"]);

Deno.test("CATALOGUE_VERSION is raised with every change of what may be reported", async () => {
  const schemas = RULES.map(({ name, properties }) => schemaOf({ ...properties, metrics_id: METRICS_ID }, name));
  const version = schemaOf({ version: rule({ kind: "version" })("What it is", "What it is for") }, "Versions");
  const context = [FIELDS.map(({ field }) => field), OS_NAMES, OS_VERSION.source, version];
  const text = JSON.stringify([ANNOUNCED, schemas, context], (key, value) => NOTES.has(key) ? undefined : value);
  assertEquals([CATALOGUE_VERSION, await sha256(text)], VERSIONS.at(-1));
  assertEquals(VERSIONS.map(([number]) => number), VERSIONS.map((_, index) => index + 1));
});

Deno.test("EVENTS and TRAITS add nothing to what a notice announced", async () => {
  const notices = [...new Set(ANNOUNCED.map(([notice]) => notice))].toSorted((one, other) => one - other);
  const digests = notices.map(async (notice) => {
    const paths = ANNOUNCED.filter(([number]) => number === notice).map(([, path]) => path).toSorted();
    return [notice, await sha256(paths.join("\n"))] as const;
  });
  assertEquals(await Promise.all(digests), [...NOTICES]);
});
