import { readConsent } from "../consent/consent.ts";
import { writeDocument } from "../cli/document.ts";
import type { Command } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { readExport } from "../sender/exported.ts";
import { printable, safeJson } from "../terminal/printable.ts";
import { countInWords } from "../terminal/words.ts";

/** `export` */
export const exportCommand: Command = {
  name: "export",
  summary: "write what waits and what was sent to one file, to hand over",
  description:
    `The file is one JSON document, indented, that begins by explaining itself: who receives reports, the machine id,
each report that waits exactly as it would leave, and each that was sent exactly as it left. Nothing else is in it: what
was withheld, what may never leave, and files that this program didn't write are left out and counted. It sends nothing
and changes nothing.

FILE must not exist yet unless --overwrite is given, only its owner can read it, and it is there whole or not at all.
"-" prints the document. docs/reference/json/export.schema.json describes it.`,
  operand: { name: "FILE", required: true },
  options: {
    overwrite: { kind: "switch", help: "replace FILE if it is there" },
  },
  examples: [
    ["rasa-telemetry export telemetry.json", "what waits and what was sent, in one file"],
    ["rasa-telemetry export - | less", "read it here"],
  ],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const document = await readExport(host, build, consent);
    const path = invocation.operand ?? "-";
    writeDocument(host, {
      what: "the export",
      path,
      text: `${safeJson(document, 2)}\n`,
      overwrite: invocation.switches.has("overwrite"),
    });
    for (const gap of document.gaps) host.problem(printable(gap));
    if (path !== "-") host.say(`${printable(path)}: ${inWords(document.waiting.length, document.sent.length)}\n`);
    return ExitCode.Done;
  },
};

function inWords(waiting: number, sent: number): string {
  return `${countInWords(waiting, "report")} that ${
    waiting === 1 ? "waits" : "wait"
  }, ${sent} in the log of what was sent`;
}
