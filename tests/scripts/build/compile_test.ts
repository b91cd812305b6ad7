import { assertEquals, assertThrows } from "@std/assert";
import { parseEndpoint } from "../../../lib/build_config.ts";
import { VARIABLES } from "../../../lib/host/variables.ts";
import { releasePermissions } from "../../../scripts/build/compile.ts";

for (
  const [text, origin] of [
    ["https://api.segment.io", "https://api.segment.io"],
    ["https://events.eu1.segmentapis.com/", "https://events.eu1.segmentapis.com"],
    ["https://telemetry.example:8443", "https://telemetry.example:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.1.2.3:1", "http://127.1.2.3:1"],
    ["http://[::1]:9", "http://[::1]:9"],
    ["http://localhost:9", "http://localhost:9"],
  ] as const
) {
  Deno.test(`parseEndpoint takes ${text}`, () => assertEquals(parseEndpoint(text).origin, origin));
}

for (
  const text of [
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://10.0.0.1",
    "https://user@example.com",
    "https://example.com/path",
    "https://example.com?x=1",
    "https://example.com/#x",
    "https://a.example,b.example",
    "https://*.example.com",
    "http://127.0.0.1:0",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "example.com",
    "",
  ]
) {
  Deno.test(`parseEndpoint refuses ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => parseEndpoint(text),
      Error,
      `Cannot build for the endpoint ${JSON.stringify(text)}: it must be an https`,
    );
  });
}

for (
  const [endpoint, net] of [
    ["https://api.segment.io", "api.segment.io:443"],
    ["https://telemetry.example:8443", "telemetry.example:8443"],
    ["http://127.0.0.1:8080", "127.0.0.1:8080"],
    ["http://localhost", "localhost:80"],
  ] as const
) {
  Deno.test(`releasePermissions lets the binary talk to ${net} and to nobody else`, () => {
    assertEquals(releasePermissions(new URL(endpoint)), [
      `--allow-net=${net}`,
      `--allow-env=${Object.keys(VARIABLES).join(",")}`,
      "--allow-sys=osRelease,uid",
      "--allow-read",
      "--allow-write",
    ]);
  });
}
