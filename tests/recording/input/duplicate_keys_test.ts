import { assertEquals } from "@std/assert";
import { countDuplicateKeys } from "../../../lib/recording/input/duplicate_keys.ts";
import { MemoryHost } from "../../support/machine/memory_host.ts";
import { CONFIG_FILE, runJson, STORED_ON } from "../../support/scenes/scene.ts";

for (
  const [json, count] of [
    ["{}", 0],
    ['{"a": 1, "b": {"a": 1}}', 0],
    ['{"a": 1, "a": 2}', 1],
    ['{"a": 1, "\\u0061": 2, "a": 3}', 2],
    ['{"a": [{"b": 1}, {"b": 1, "b": 2}], "c": "a"}', 1],
    ['["a", "a", {"a": "a"}]', 0],
    ['{"a\\"b": 1, "a\\"b": 2}', 1],
    ['{"__proto__": 1, "__proto__": 2}', 1],
    ['{"a": {"b": 1, "c": {"d": 2}}, "a": ":"}', 1],
    ['{"a" : 1,\n"b"\t:[{"c":"x:y"}]}', 0],
    ['{"a": "{\\"a\\": 1, \\"a\\": 2}"}', 0],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, 0],
  ] as const
) {
  Deno.test(`countDuplicateKeys finds ${count} in ${json.slice(0, 50)}`, () =>
    assertEquals(countDuplicateKeys(json, JSON.parse(json)), count));
}

Deno.test("track counts keys that repeat, and quotes neither them nor what they held", async () => {
  const stdin = '{"properties": {"type": "sk-secret", "type": "rasa", "sk-secret": 1, "sk-secret": 2}}';
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, stdin });
  const result = await runJson(host, "track", "Shell Started");
  assertEquals([result["outcome"], result["withheld"], result["withheldUnknown"]], ["delivered", [], 3]);
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes("secret"), false);
});
