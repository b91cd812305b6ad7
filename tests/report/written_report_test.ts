import { assertEquals } from "@std/assert";
import { buildReport } from "../../lib/report/report.ts";
import { isTooLarge, MAX_REPORT_BYTES, writeReport } from "../../lib/report/written_report.ts";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";
const WITHHELD = { withheld: ["properties.type"], withheldUnknown: 2 };

function reportOf(event: string | undefined, machineId: string | undefined, company: string) {
  return buildReport({
    machineId,
    event,
    values: {},
    context: {
      os: { name: "Linux", version: null },
      ci: false,
      project: null,
      python: null,
      rasa_pro: null,
      cpu: null,
      docker: false,
      license_hash: null,
      company,
      gpu: null,
      cloud: null,
    },
    messageId: "00000000-0000-4000-8000-000000000001",
    timestamp: "1970-01-01T00:00:00.000Z",
  });
}

for (const company of ["Acme", "Ärzte", "王小明", "😀", "x".repeat(MAX_REPORT_BYTES), "😀".repeat(MAX_REPORT_BYTES)]) {
  Deno.test(`writeReport counts the bytes of a report for ${company.slice(0, 8)}, ${company.length} long`, () => {
    const { json, bytes } = writeReport(reportOf("Shell Started", MACHINE_ID, company));
    assertEquals(bytes, new TextEncoder().encode(json).length);
  });
}

Deno.test("writeReport says what must be known of a report on its way", () => {
  const report = reportOf(undefined, undefined, "Acme");
  assertEquals(writeReport(report, WITHHELD), {
    json: JSON.stringify(report),
    bytes: JSON.stringify(report).length,
    kind: "traits",
    messageId: report.messageId,
    name: "identify",
    maker: { machineId: null, licenceHash: null, company: "Acme", osRelease: null },
    withheld: WITHHELD,
  });
});

Deno.test("isTooLarge takes the server's limit and refuses a byte more", () => {
  const written = writeReport(reportOf("Shell Started", MACHINE_ID, "Acme"));
  assertEquals([0, 1].map((more) => isTooLarge({ ...written, bytes: MAX_REPORT_BYTES + more })), [false, true]);
});
