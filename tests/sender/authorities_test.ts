import { assertEquals } from "@std/assert";
import { describeUnusable, readAuthorities } from "../../lib/sender/authorities.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQ\n-----END CERTIFICATE-----";
const OTHER = PEM.replace("MIIB", "MIIC");
const NONE = "names a file without a certificate that can be used: only the public authorities are trusted; " +
  "it must be a PEM file with BEGIN CERTIFICATE in it";

const FILES: readonly (readonly [name: string, content: string | Uint8Array, found: number, warning: boolean])[] = [
  ["two certificates with words between", `one\n${PEM}\ntwo\r\n${OTHER}\n`, 2, false],
  ["a certificate in DER", new Uint8Array([0x30, 0x82, 0x01, 0x85]), 0, true],
  ["a trusted certificate of OpenSSL's", PEM.replaceAll("CERT", "TRUSTED CERT"), 0, true],
  ["a private key", PEM.replaceAll("CERTIFICATE", "PRIVATE KEY"), 0, true],
  ["a certificate without its end", PEM.slice(0, -5), 0, true],
  ["no base64 between the marks", PEM.replace(/MII.*/, "?"), 1, true],
  ["nothing", "", 0, true],
];

for (const [name, content, found, warning] of FILES) {
  Deno.test(`readAuthorities finds ${found} in ${name}, and people are ${warning ? "" : "not "}told`, () => {
    const files = { "/ca.pem": content };
    for (const variable of ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] as const) {
      const host = new MemoryHost({ files, env: { [variable]: "/ca.pem" } });
      assertEquals([readAuthorities(host).length, describeUnusable(host)], [
        found,
        warning ? `${variable} ${NONE}` : undefined,
      ]);
    }
  });
}

Deno.test("describeUnusable names the variable whose file is missing or a folder, and the system's reason", () => {
  for (const [path, code] of [["/missing.pem", "ENOENT"], ["/project", "NotAFile"]] as const) {
    const host = new MemoryHost({ env: { SSL_CERT_FILE: path, REQUESTS_CA_BUNDLE: "/other.pem" } });
    assertEquals(describeUnusable(host)?.startsWith(`SSL_CERT_FILE names a file that can't be read (${code}): `), true);
    assertEquals(readAuthorities(host), []);
  }
  assertEquals(describeUnusable(new MemoryHost({ env: { SSL_CERT_FILE: "" } })), undefined);
});
