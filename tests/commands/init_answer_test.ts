import { assertEquals } from "@std/assert";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { ASKED, CONFIG_FILE, makeReadOnly, QUEUE, runHere, STORED_OFF, TOLD } from "../support/scenes/scene.ts";

const PROGRAM = { "/usr/bin/rasa-telemetry": "the program" };
const ANSWER_FILE = `${QUEUE}/answer.json`;

function answerIn(host: MemoryHost): Record<string, unknown> | undefined {
  const text = host.files.text(ANSWER_FILE);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Situations in which `init` leaves an answer, and whether a telling would count there. */
const LEFT: readonly (readonly [string, MemoryHostOptions, tells: boolean])[] = [
  ["the user was told", { files: { ...TOLD, ...PROGRAM } }, true],
  ["the user said yes", { files: { ...ASKED, ...PROGRAM } }, true],
];

for (const [what, options, tells] of LEFT) {
  Deno.test(`init leaves its answer for hosts where ${what}, once`, async () => {
    const host = new MemoryHost(options);
    await runHere(host, "init");
    const identity = (path: string) => {
      const { modified, size, inode } = host.files.stat(path);
      return [modified?.getTime(), size, inode];
    };
    assertEquals(answerIn(host), {
      format: 1,
      enabled: true,
      tells,
      notice: 1,
      addressee: "Rasa",
      place: "machine",
      program: identity("/usr/bin/rasa-telemetry"),
      files: {
        "global.yml": identity(CONFIG_FILE),
        "telemetry/consent.json": identity(`${QUEUE}/consent.json`),
        "telemetry/disabled": null,
      },
    });
    const { inode } = host.files.stat(ANSWER_FILE);
    await runHere(host, "init");
    assertEquals(host.files.stat(ANSWER_FILE).inode, inode);
  });
}

Deno.test("init leaves an answer with the first telling, and another once something that decides has changed", async () => {
  const host = new MemoryHost({ files: PROGRAM });
  await runHere(host, "init");
  const first = answerIn(host);
  assertEquals(first?.["enabled"], true);
  await runHere(host, "enable");
  await runHere(host, "init");
  assertEquals([answerIn(host)?.["enabled"], answerIn(host)?.["files"] === first?.["files"]], [true, false]);
});

/** Situations in which there is no answer to leave. */
const NONE: readonly (readonly [string, MemoryHostOptions])[] = [
  ["a stored no", { files: { [CONFIG_FILE]: STORED_OFF, ...PROGRAM } }],
  ["a variable says no", { files: { ...ASKED, ...PROGRAM }, env: { DO_NOT_TRACK: "1" } }],
  ["a variable says on", { files: { ...ASKED, ...PROGRAM }, env: { RASA_TELEMETRY_ENABLED: "1" } }],
  ["debug mode", { files: { ...ASKED, ...PROGRAM }, env: { RASA_TELEMETRY_DEBUG: "1" } }],
  ["the program's own file can't be found", { files: ASKED }],
  ["nobody could be told", { files: PROGRAM, terminal: { canBeRead: false } }],
];

for (const [what, options] of NONE) {
  Deno.test(`init leaves no answer: ${what}`, async () => {
    const host = new MemoryHost(options);
    await runHere(host, "init");
    assertEquals([answerIn(host), host.err.includes("Fault")], [undefined, false]);
  });
}

Deno.test("init that can't leave its answer ends as well as ever", async () => {
  const host = new MemoryHost({ files: { ...ASKED, ...PROGRAM } });
  makeReadOnly(host);
  assertEquals([await runHere(host, "init"), answerIn(host)], [0, undefined]);
});
