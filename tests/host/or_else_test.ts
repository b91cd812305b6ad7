import { assertEquals, assertThrows } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { isThere, orElse, orIfMissing } from "../../lib/host/or_else.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

function fails(error: Error): () => string {
  return () => {
    throw error;
  };
}

Deno.test("orElse returns the answer, and the fallback after any fault of the filesystem", () => {
  const answers = [orElse(() => "answer", "fallback")];
  for (const code of ["ENOENT", "EACCES", "TooLarge"]) {
    answers.push(orElse(fails(new FileFault("read a file", code)), "fallback"));
  }
  assertEquals(answers, ["answer", "fallback", "fallback", "fallback"]);
});

Deno.test("orIfMissing returns the answer, and the fallback where nothing is at the path", () => {
  const answers = [orIfMissing(() => "answer", "fallback")];
  for (const code of ["ENOENT", "ENOTDIR"]) {
    answers.push(orIfMissing(fails(new FileFault("read a file", code)), "fallback"));
  }
  assertEquals(answers, ["answer", "fallback", "fallback"]);
});

Deno.test("orElse and orIfMissing throw what is not theirs", () => {
  assertThrows(() => orElse(fails(new TypeError("x")), ""), TypeError);
  assertThrows(() => orIfMissing(fails(new FileFault("read a file", "EACCES")), ""), FileFault);
});

for (
  const [code, expected] of [["ENOENT", false], ["ENOTDIR", false], ["EACCES", undefined], [
    "NotCapable",
    undefined,
  ]] as const
) {
  Deno.test(`isThere is ${expected} after ${code}`, () => {
    const host = new MemoryHost();
    host.files.before = () => {
      throw new FileFault("look at a path", code);
    };
    assertEquals(isThere(host, "/x"), expected);
  });
}
