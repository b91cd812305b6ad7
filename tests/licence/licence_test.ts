import { assertEquals } from "@std/assert";
import { readLicence } from "../../lib/licence/licence.ts";
import { claimsAt, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";

const ISSUER = await makeKeyPair();
const PUBLIC_KEY = await pemOf(ISSUER.publicKey);
const VALID = await signToken(ISSUER.privateKey, claimsAt(NOON));
const OLDER = await signToken(ISSUER.privateKey, claimsAt(NOON, { company: "Older Ltd" }));

const PLACES: readonly [what: string, env: MemoryHost["variables"], company: string | undefined][] = [
  ["RASA_LICENSE before RASA_PRO_LICENSE", { RASA_LICENSE: VALID, RASA_PRO_LICENSE: OLDER }, "Example Ltd"],
  ["RASA_PRO_LICENSE where RASA_LICENSE is not set", { RASA_PRO_LICENSE: OLDER }, "Older Ltd"],
  ["RASA_PRO_LICENSE where RASA_LICENSE is empty", { RASA_LICENSE: "", RASA_PRO_LICENSE: OLDER }, "Older Ltd"],
  ["RASA_PRO_LICENSE where RASA_LICENSE is blank", { RASA_LICENSE: " \n", RASA_PRO_LICENSE: OLDER }, "Older Ltd"],
  ["none where both are blank", { RASA_LICENSE: " ", RASA_PRO_LICENSE: "" }, undefined],
  ["none where neither is set", {}, undefined],
];
for (const [what, env, company] of PLACES) {
  Deno.test(`readLicence takes ${what}`, async () => {
    assertEquals((await readLicence(new MemoryHost({ env }), PUBLIC_KEY))?.company, company);
  });
}

Deno.test("readLicence opens no file, not even a .env that holds a licence", async () => {
  const host = new MemoryHost({ files: { "/project/.env": `RASA_LICENSE=${VALID}\n` } });
  assertEquals([await readLicence(host, PUBLIC_KEY), host.files.operations], [undefined, []]);
});
