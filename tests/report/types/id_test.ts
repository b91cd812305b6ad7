import { assertEquals } from "@std/assert";
import { parseId } from "../../../lib/report/types/id.ts";

const HEX32 = "311f4dfbbea64c3592f7d626bb169e36";
const UUID = "311f4dfb-bea6-4c35-92f7-d626bb169e36";

for (
  const [value, expected] of [
    [HEX32, HEX32],
    [HEX32.toUpperCase(), HEX32],
    [HEX32 + HEX32, HEX32 + HEX32],
    [UUID, UUID],
    [UUID.toUpperCase(), UUID],
    ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"],
    ["", undefined],
    [HEX32.slice(1), undefined],
    [HEX32 + "0", undefined],
    [HEX32.slice(1) + "g", undefined],
    [`${HEX32}\n`, undefined],
    [` ${HEX32}`, undefined],
    [`{${UUID}}`, undefined],
    [`urn:uuid:${UUID}`, undefined],
    [UUID.replace("-", ""), undefined],
    [HEX32.slice(1) + "\u0661", undefined],
    [HEX32.slice(1) + "\uff11", undefined],
    [HEX32.slice(2) + "a\u200b", undefined],
    [311, undefined],
    [null, undefined],
    [[HEX32], undefined],
    [{ toString: () => HEX32 }, undefined],
  ] as const
) {
  Deno.test(`parseId takes ${JSON.stringify(value)} for ${expected}`, () => assertEquals(parseId(value), expected));
}
