import { assert, assertEquals } from "@std/assert";
import { fieldsSection } from "../../../lib/page/sections/fields.ts";
import { MACHINE_ID } from "../../support/scenes/scene.ts";
import { QUIET_MACHINE, rowsOf, textOf } from "../page_fixture.ts";

Deno.test("fieldsSection shows each field with its value, its source and its purpose", () => {
  const fields = [
    { field: "userId", value: MACHINE_ID, source: "global.yml", purpose: "counts" },
    { field: "context.cpu", value: 8, source: "the system", purpose: "size" },
    { field: "context.ci", value: false, source: "a variable", purpose: "kind" },
    { field: "context.project", value: null, source: "git", purpose: "counts" },
    { field: "context.python", value: null, source: "the caller", purpose: "support" },
  ];
  const markup = String(fieldsSection({ ...QUIET_MACHINE, fields }).content);
  assertEquals(rowsOf(markup, "Every field of a report"), [
    ["userId", MACHINE_ID, "global.yml", "counts"],
    ["context.cpu", "8", "the system", "size"],
    ["context.ci", "false", "a variable", "kind"],
    ["context.project", "not known: null", "git", "counts"],
    ["context.python", "comes with the report", "the caller", "support"],
  ]);
});

Deno.test("fieldsSection says whose own properties are among the fields", () => {
  const show = (event: string | undefined) => textOf(String(fieldsSection({ ...QUIET_MACHINE, event }).content));
  assert(show(undefined).includes("the fields that every report has; an event's own properties are in the catalogue"));
  assert(show("Shell Started").includes("the fields of a report on Shell Started"));
});
