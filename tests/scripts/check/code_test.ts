import { assertEquals } from "@std/assert";
import { codeOf } from "../../../scripts/check/code.ts";

for (
  const [source, code] of [
    ["one // Deno\ntwo", "one \ntwo"],
    ["one /* Deno\n */ two", "one  two"],
    ["one // never ends", "one "],
    ["one /* never ends", "one "],
    [`["\\"", Deno.pid, "\\""]`, `["", Deno.pid, ""]`],
    ['["/*", Deno.pid, "*/"]', '["", Deno.pid, ""]'],
    ["'//' + Deno.pid", '"" + Deno.pid'],
    ["`Deno ${Deno.pid} Deno`", '""Deno.pid""'],
    ["`a${ { b: `c${Deno.pid}` } }d`", '"" { b: ""Deno.pid"" } ""'],
    ['x.replace(/"/g, Deno.pid)', 'x.replace(""g, Deno.pid)'],
    ["x.replace(/[/`]/g, Deno.pid)", 'x.replace(""g, Deno.pid)'],
    ["return /Deno/.test(x)", 'return "".test(x)'],
    ["a / b / Deno.pid", "a / b / Deno.pid"],
    ["a++ / Deno.pid / b", "a++ / Deno.pid / b"],
    ["a + /Deno/.source", 'a + "".source'],
    ["(a) / Deno.pid", "(a) / Deno.pid"],
    ['await import("./a.ts")', 'await import("")'],
  ] as const
) {
  Deno.test(`codeOf leaves ${JSON.stringify(code)} of ${JSON.stringify(source)}`, () => {
    assertEquals(codeOf(source), code);
  });
}
