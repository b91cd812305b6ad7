import { assertEquals } from "@std/assert";
import { sha256 } from "../lib/sha256.ts";

// The digests are those that `sha256sum` prints.
for (
  const [content, expected] of [
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["my-assistant", "de115745db34eb19b28802f09af0596de4e0030ae9ee111fce7dba4f528ab888"],
    ["é", "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"],
  ] as const
) {
  Deno.test(`sha256 hashes ${JSON.stringify(content)}, as text and as bytes`, async () => {
    assertEquals(await sha256(content), expected);
    assertEquals(await sha256(new TextEncoder().encode(content)), expected);
  });
}
