import { assertEquals, assertStringIncludes } from "@std/assert";
import { heldBackSection } from "../../../lib/page/sections/held_back.ts";
import { entries, entryOf, NONE_DROPPED, QUIET_MACHINE, rowsOf, textOf, waitingOf } from "../page_fixture.ts";

Deno.test("heldBackSection counts what was refused, dropped and set aside", () => {
  const sent = [...entries(20, 60), entryOf("2026-03-01T11:00:00.000Z", "Shell Started", "HTTP 413")];
  const markup = String(
    heldBackSection({ ...QUIET_MACHINE, sent, dropped: { ...NONE_DROPPED, limits: 1_200, untold: 34 }, setAside: 2 })
      .content,
  );
  assertEquals(rowsOf(markup, "What was held back").map((row) => row.slice(0, 2)), [
    ["Reports from which something was withheld", "0"],
    ["Unknown keys and entries that were withheld", "0"],
    ["Reports that the server refused", "3"],
    ["Reports that were only attempted", "0"],
    ["Reports that were dropped", "1,234"],
    ["Files that were set aside", "2"],
  ]);
  const [, , , , dropped] = rowsOf(markup, "What was held back");
  assertStringIncludes(
    dropped?.[2] ?? "",
    "They were deleted here, unsent or after an attempt that is in the log: 1200 because too many waited; 34 because nobody was told within an hour.",
  );
  assertEquals(rowsOf(markup, "Reasons for which"), [["HTTP 400", "2"], ["HTTP 413", "1"]]);
});

Deno.test("heldBackSection counts what was withheld from what was sent and from what waits, by property", () => {
  const sent = entries(3, 60).map((entry, index) => ({ ...entry, withheld: ["properties.b"], withheldUnknown: index }));
  const waiting = [
    undefined,
    { ...waitingOf("Shell Started"), withheld: ["properties.a", "properties.b"] },
    waitingOf("X"),
  ];
  const markup = String(heldBackSection({ ...QUIET_MACHINE, sent, waiting }).content);
  assertEquals(rowsOf(markup, "What was held back").slice(0, 2).map((row) => row.slice(0, 2)), [
    ["Reports from which something was withheld", "4"],
    ["Unknown keys and entries that were withheld", "3"],
  ]);
  assertEquals(rowsOf(markup, "Properties whose values"), [["properties.b", "4"], ["properties.a", "1"]]);
});

Deno.test("heldBackSection names no reasons where nothing was refused", () => {
  assertEquals(textOf(String(heldBackSection(QUIET_MACHINE).content)).includes("Reason"), false);
});
