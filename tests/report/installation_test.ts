import { assertEquals } from "@std/assert";
import type { ReportContext } from "../../lib/context/context.ts";
import { confirmRelease, type Installation } from "../../lib/report/installation.ts";
import { isReport } from "../../lib/report/check_report.ts";
import { buildReport } from "../../lib/report/report.ts";
import { withInstallation, writeReport } from "../../lib/report/written_report.ts";
import { SECRETS } from "../support/inputs/secret_corpus.ts";

const OURS: Installation = {
  machineId: "0123456789abcdef0123456789abcdef",
  licenceHash: "a".repeat(64),
  company: "Example Ltd",
  osRelease: "6.1.0-13-amd64",
};
const WITHHELD = { withheld: ["properties.type"], withheldUnknown: 2 };

/** A report of this installation, by which one may have been changed. */
function reportOf(event: string | undefined, machineId: string | undefined, context: Partial<ReportContext> = {}) {
  return buildReport({
    machineId,
    event,
    values: {},
    context: {
      os: { name: "Linux", version: OURS.osRelease },
      ci: false,
      project: "c".repeat(64),
      python: "3.11.7",
      rasa_pro: "3.8.0",
      cpu: 8,
      docker: false,
      license_hash: OURS.licenceHash,
      company: OURS.company,
      gpu: null,
      cloud: null,
      ...context,
    },
    messageId: "00000000-0000-4000-8000-000000000001",
    timestamp: "2026-03-01T12:00:00.000Z",
  });
}

for (const event of ["Shell Started", undefined]) {
  const about = event ?? "traits";

  Deno.test(`withInstallation leaves ${about} of this installation as they are`, () => {
    const written = writeReport(reportOf(event, OURS.machineId), WITHHELD);
    assertEquals(withInstallation(written, OURS) === written, true);
  });

  Deno.test(`withInstallation makes of ${about} of nobody what they would be with the id from the beginning`, () => {
    const untold = writeReport(reportOf(event, undefined), WITHHELD);
    assertEquals(withInstallation(untold, OURS), writeReport(reportOf(event, OURS.machineId), WITHHELD));
  });
}

/** What somebody planted in the queue, and how it leaves. What isn't said is this installation's. */
const PLANTED: readonly (readonly [string, Partial<ReportContext>, Partial<ReportContext>])[] = [
  ["a text as the company", { company: "Ada Lovelace, 12 St James's Square" }, {}],
  ["no company", { company: null }, {}],
  ["a hash as the licence's", { license_hash: "f".repeat(64) }, {}],
  ["no licence", { license_hash: null, company: null }, {}],
  [
    "a text behind the release",
    { os: { name: "Linux", version: "6.1.0-ada.lovelace" } },
    { os: { name: "Linux", version: "6.1.0" } },
  ],
  [
    "a telephone number as a release",
    { os: { name: "Linux", version: "1.8005550199" } },
    { os: { name: "Linux", version: "1" } },
  ],
  ["no release", { os: { name: "Linux", version: null } }, { os: { name: "Linux", version: null } }],
  [
    "another system",
    { os: { name: "Darwin", version: "23.5.0" } },
    { os: { name: "Darwin", version: "23.5.0" } },
  ],
];

for (const [label, planted, leaving] of PLANTED) {
  for (const event of ["Shell Started", undefined]) {
    Deno.test(`withInstallation sends ${event ?? "traits"} with ${label} as this installation's`, () => {
      const report = reportOf(event, "f".repeat(32), planted);
      assertEquals(isReport(JSON.parse(JSON.stringify(report))), true);
      const sent = withInstallation(writeReport(report, WITHHELD), OURS);
      assertEquals(sent, writeReport(reportOf(event, OURS.machineId, leaving), WITHHELD));
      assertEquals(withInstallation(sent, OURS) === sent, true);
    });
  }
}

Deno.test("withInstallation sends nothing of a licence that is gone", () => {
  const sent = withInstallation(writeReport(reportOf("Shell Started", OURS.machineId)), {
    ...OURS,
    licenceHash: null,
    company: null,
  });
  assertEquals(sent.maker, { ...OURS, licenceHash: null, company: null });
});

/** What a report says, what this machine says, and what leaves. */
const RELEASES: readonly (readonly [string | null, string | null, string | null])[] = [
  [null, "6.1.0", null],
  ["6.1.0-13-amd64", "6.1.0-13-amd64", "6.1.0-13-amd64"],
  ["6.1.0-13-amd64", "6.1.0-14-amd64", "6.1.0"],
  ["6.1.0-13-amd64", null, "6.1.0"],
  ["5.15.153.1-microsoft-standard-WSL2", null, "5.15.153"],
  ["10.0.22631", null, "10.0.22631"],
  ["4.4.302+", null, "4.4.302"],
  ["10.0.0.31", null, "10.0.0"],
  ["5.4a", null, "5.4"],
  ["6.1.0x", null, "6.1.0"],
  ["6", null, "6"],
  ["6.1.123456", null, "6.1"],
  ["6.5550199", null, "6"],
  ["49171", null, null],
];

for (const [said, own, leaving] of RELEASES) {
  Deno.test(`confirmRelease makes ${leaving} of ${said} on a machine that says ${own}`, () => {
    assertEquals(confirmRelease(said, own), leaving);
    assertEquals(confirmRelease(leaving, own), leaving);
  });
}

const HASH = /^[0-9a-f]{64}$/;
const VERSION = /^\d{1,3}(?:\.\d{1,3}){0,2}(?:(?:a|b|rc)\d{1,3})?(?:\.post\d{1,3})?(?:\.dev(?:\d{1,3}|20\d{6}))?$/;

/** Every place of a text beside an event's own properties, and all that may leave there. */
const PLACES: Readonly<Record<string, RegExp>> = {
  "userId": new RegExp(`^${OURS.machineId}$`),
  "event": /^Shell Started$/,
  "properties.metrics_id": new RegExp(`^${OURS.machineId}$`),
  "context.os.name": /^(?:Linux|Darwin|Windows|custom)$/,
  "context.os.version": /^(?:6\.1\.0-13-amd64|\d{1,2}(?:\.\d{1,3}(?:\.\d{1,5})?)?)$/,
  "context.project": HASH,
  "context.python": VERSION,
  "context.rasa_pro": VERSION,
  "context.license_hash": new RegExp(`^${OURS.licenceHash}$`),
  "context.company": new RegExp(`^${OURS.company}$`),
  "messageId": /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  "timestamp": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
};

/** Texts that look like what belongs somewhere, with something added. */
const NEAR_TEXTS: readonly string[] = [
  "Acme GmbH",
  "f".repeat(32),
  "f".repeat(64),
  "F".repeat(64),
  "ADA00000-0000-4000-8000-00000000ABCD",
  "ada00000-0000-4000-8000-00000000abcd",
  "+010000-01-01T00:00:00.000Z",
  "-000001-01-01T00:00:00.000Z",
  "0000-01-01T00:00:00.000Z",
  "2026-03-01T12:00:00.000Z",
  "2026-03-01T12:00:00.000Z (a remark)",
  "3.11.7+ada",
  "3.11.7.post1.dev20260301",
  "3.11.5550199",
  "6.1.0-ada.lovelace",
  "6.1.0.5550199",
  "1.2.3.4",
  "custom",
];

function set(report: object, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  // The path leads through objects of a report alone.
  const inner = keys.reduce((object, key) => Reflect.get(object, key) as object, report);
  Reflect.set(inner, last, value);
}

function textsOf(value: unknown, path = ""): (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, path === "" ? key : `${path}.${key}`));
}

for (const path of Object.keys(PLACES)) {
  Deno.test(`a text that is planted as ${path} leaves in no other form than its own`, () => {
    const texts = [...NEAR_TEXTS, ...SECRETS.map(({ value }) => String(value))];
    for (const text of texts) {
      const planted: object = JSON.parse(JSON.stringify(reportOf("Shell Started", OURS.machineId)));
      set(planted, path, text);
      if (path === "userId") set(planted, "properties.metrics_id", text);
      if (!isReport(planted)) continue;
      const sent: unknown = JSON.parse(withInstallation(writeReport(planted), OURS).json);
      const wrong = textsOf(sent).filter(([place, said]) => !PLACES[place]?.test(said));
      assertEquals([text, wrong], [text, []]);
    }
  });
}
