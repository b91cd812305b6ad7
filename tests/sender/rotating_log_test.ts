import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { appendLines } from "../../lib/sender/rotating_log.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

const FOLDER = "/home/ada/logs";
const FILES = { newer: `${FOLDER}/log`, older: `${FOLDER}/log.1` };
const FULL = "x".repeat(1024 * 1024);

function hostWithFullLog(): MemoryHost {
  return new MemoryHost({ files: { [FILES.newer]: FULL, [FILES.older]: "before\n" } });
}

/** The first words of both halves. */
function halves({ files }: MemoryHost): (string | undefined)[] {
  return [FILES.older, FILES.newer].map((path) => files.text(path)?.replace(FULL, "full"));
}

/** Does something once, before the log is locked. */
function beforeLock({ files }: MemoryHost, work: () => void): void {
  files.before = ({ action }) => {
    if (action !== "lock") return;
    files.before = () => {};
    work();
  };
}

Deno.test("appendLines makes a full log the older half, and begins a new one", () => {
  const host = hostWithFullLog();
  appendLines(host, FILES, ["line\n"]);
  assertEquals([halves(host), host.files.held], [["full", "line\n"], []]);
});

Deno.test("appendLines keeps the older half that another process has just made", () => {
  const host = hostWithFullLog();
  beforeLock(host, () => appendLines(host, FILES, ["theirs\n"]));
  appendLines(host, FILES, ["ours\n"]);
  assertEquals(halves(host), ["full", "theirs\n\nours\n"]);
});

Deno.test("appendLines keeps the older half where the new log is full in its turn before it is locked", () => {
  const host = hostWithFullLog();
  beforeLock(host, () => appendLines(host, FILES, [FULL]));
  appendLines(host, FILES, ["ours\n"]);
  assertEquals(halves(host), ["full", "full\nours\n"]);
});

Deno.test("appendLines writes on in a full log that another process is making the older half", () => {
  const host = hostWithFullLog();
  host.files.lockedElsewhere.add(FILES.newer);
  appendLines(host, FILES, ["one\n", "two\n"]);
  assertEquals(halves(host), ["before\n", "full\none\n\ntwo\n"]);
});

Deno.test("appendLines writes where another process has made the full log the older half, and none of its own yet", () => {
  const host = hostWithFullLog();
  beforeLock(host, () => host.files.rename(FILES.newer, FILES.older));
  appendLines(host, FILES, ["line\n"]);
  assertEquals(halves(host), ["full", "line\n"]);
});

Deno.test("appendLines makes a full log the older half where there are no locks", () => {
  const host = hostWithFullLog();
  host.files.before = ({ action }) => {
    if (action === "lock") throw new FileFault("lock a file", "ENOLCK");
  };
  appendLines(host, FILES, ["line\n"]);
  assertEquals(halves(host), ["full", "line\n"]);
});
