import { assertEquals, assertThrows } from "@std/assert";
import { writeZip } from "../../../scripts/build/wheel_zip.ts";
import { readZip } from "../../support/inputs/zip.ts";

const LONG = "the same again, ".repeat(1_000);

Deno.test("writeZip keeps each file with its mode, in the order given, and packs what gets smaller", async () => {
  const files = [
    { name: "b/empty", content: new Uint8Array() },
    { name: "a.txt", content: new TextEncoder().encode(LONG) },
    { name: "b/program", content: new Uint8Array([1, 2, 3]), executable: true },
  ];
  assertEquals(await readZip(writeZip(files)), [
    { name: "b/empty", mode: 0o100644, madeBy: 3, date: "1980-1-1 0:0:0", method: 0, text: "" },
    { name: "a.txt", mode: 0o100644, madeBy: 3, date: "1980-1-1 0:0:0", method: 8, text: LONG },
    { name: "b/program", mode: 0o100755, madeBy: 3, date: "1980-1-1 0:0:0", method: 0, text: "\x01\x02\x03" },
  ]);
});

Deno.test("writeZip writes the bytes of the format, and the same each time", () => {
  const archive = () => writeZip([{ name: "x", content: new TextEncoder().encode("hi") }]);
  const fields = "1400000000000000" + "2100" + "ac2a93d8" + "02000000" + "02000000" + "0100";
  assertEquals(
    archive().toHex(),
    [
      ["504b0304", fields, "0000", "78", "6869"],
      ["504b0102", "1403", fields, "0000", "0000", "0000", "0000", "0000a481", "00000000", "78"],
      ["504b0506", "0000", "0000", "0100", "0100", "2f000000", "21000000", "0000"],
    ].flat().join(""),
  );
  assertEquals(archive(), archive());
});

for (const name of ["", "ä", "a b", "a\n"]) {
  Deno.test(`writeZip refuses the name ${JSON.stringify(name)}`, () => {
    assertThrows(
      () => writeZip([{ name, content: new Uint8Array() }]),
      Error,
      `Cannot put ${JSON.stringify(name)} into a wheel: it isn't plain ASCII`,
    );
  });
}
