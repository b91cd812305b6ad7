import { assertEquals } from "@std/assert";
import { describeProxyObstacle, describeProxyRefusal, findProxyObstacle, proxyInUse } from "../../lib/sender/proxy.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { UNDERSTOOD_PROXIES, UNUSABLE_PROXIES } from "../support/inputs/proxies.ts";

const ENDPOINT = "https://collector.example";
const PROXY = "http://proxy.example:3128";

function whyWaiting(env: Partial<Record<Variable, string>>, endpoint = ENDPOINT): string | undefined {
  const found = findProxyObstacle(new MemoryHost({ env }), endpoint);
  return found === undefined ? undefined : `${found.variable} ${found.why}`;
}

for (const value of UNDERSTOOD_PROXIES) {
  Deno.test(`findProxyObstacle finds nothing in the way of ${JSON.stringify(value)}`, () => {
    for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] as const) {
      assertEquals(whyWaiting({ [variable]: value }), undefined);
    }
  });
}

for (const [value, why] of UNUSABLE_PROXIES) {
  Deno.test(`findProxyObstacle says of ${JSON.stringify(value)}: ${why}`, () => {
    for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] as const) {
      assertEquals(whyWaiting({ [variable]: value }), `${variable} ${why}`);
    }
  });
}

for (
  const [what, env, why] of [
    ["an empty variable, as none", { HTTPS_PROXY: "" }, undefined],
    ["a desktop that sets both", { ALL_PROXY: "socks://proxy.example:1080/", HTTPS_PROXY: PROXY }, undefined],
    ["upper case that isn't understood, beside lower case", { HTTPS_PROXY: "proxy:", https_proxy: PROXY }, undefined],
    ["two that aren't understood", { HTTPS_PROXY: "'a'", ALL_PROXY: "socks4://a:1" }, "ALL_PROXY not understood"],
    ["a password beside another proxy", { ALL_PROXY: PROXY, HTTPS_PROXY: "http://a:b@c:1" }, "HTTPS_PROXY leaks"],
    ["an endpoint that NO_PROXY names", { HTTPS_PROXY: "'a'", NO_PROXY: "collector.example" }, undefined],
    ["a domain that NO_PROXY names", { HTTPS_PROXY: "'a'", no_proxy: "x, .example" }, undefined],
    ["everything that NO_PROXY names", { HTTPS_PROXY: "'a'", NO_PROXY: "*" }, undefined],
    ["lower case behind an empty NO_PROXY", {
      HTTPS_PROXY: "'a'",
      NO_PROXY: "",
      no_proxy: "*",
    }, "HTTPS_PROXY not understood"],
    ["a port in NO_PROXY", { HTTPS_PROXY: "'a'", NO_PROXY: "collector.example:443" }, "HTTPS_PROXY not understood"],
    [
      "a part of the name in NO_PROXY",
      { HTTPS_PROXY: "'a'", NO_PROXY: "llector.example" },
      "HTTPS_PROXY not understood",
    ],
    ["HTTP_PROXY, which isn't for HTTPS", { HTTP_PROXY: "'a'" } as Record<string, string>, undefined],
  ] as const satisfies readonly (readonly [string, Partial<Record<Variable, string>>, string | undefined])[]
) {
  Deno.test(`findProxyObstacle is ${why} with ${what}`, () => assertEquals(whyWaiting(env), why));
}

Deno.test("findProxyObstacle looks at no proxy for an endpoint on this machine", () => {
  assertEquals(whyWaiting({ HTTPS_PROXY: "'a'", ALL_PROXY: "socks4://a:1" }, "http://127.0.0.1:8080"), undefined);
});

Deno.test("describeProxyObstacle names the variable and the forms that work, and quotes nothing", () => {
  const found = findProxyObstacle(new MemoryHost({ env: { https_proxy: "socks4://secret:1" } }), ENDPOINT);
  assertEquals(
    found && describeProxyObstacle(found),
    "https_proxy is no address that the runtime understands, so it would use no proxy: reports wait; it takes " +
      "http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT and socks5h://HOST:PORT, without blanks or quotes",
  );
});

for (
  const [what, env, proxy, expected] of [
    ["another no", { HTTPS_PROXY: "http://a:1" }, "refuses", "HTTPS_PROXY names a proxy that refuses to connect to"],
    ["407", { all_proxy: "http://a:1" }, "wants a password", "all_proxy names a proxy that wants a user and password"],
    [
      "one that the runtime passes by",
      { ALL_PROXY: "'a'", https_proxy: "a:1" },
      "refuses",
      "https_proxy names a proxy",
    ],
    ["no proxy that is named now", {}, "refuses", undefined],
    ["NO_PROXY for the endpoint", { HTTPS_PROXY: "a:1", NO_PROXY: "*" }, "refuses", undefined],
    ["a failure of another kind", { HTTPS_PROXY: "a:1" }, undefined, undefined],
  ] as const satisfies readonly (readonly [string, Partial<Record<Variable, string>>, unknown, unknown])[]
) {
  Deno.test(`describeProxyRefusal says ${expected ?? "nothing"} after ${what}`, () => {
    const last = { at: NOON.toISOString(), outcome: "failed", reports: 1, status: null } as const;
    const variable = proxyInUse(new MemoryHost({ env }), ENDPOINT);
    const said = describeProxyRefusal(variable, ENDPOINT, { ...last, ...proxy === undefined ? {} : { proxy } });
    assertEquals(said?.slice(0, expected?.length), expected);
    assertEquals(describeProxyRefusal(variable, ENDPOINT, null), undefined);
  });
}
