import { assertEquals, assertStringIncludes } from "@std/assert";
import { httpsPort } from "../support/programs/binary.ts";
import { ConnectProxy } from "../support/programs/connect_proxy.ts";
import { FaultyServer, says } from "../support/programs/faulty_server.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { HTTPS } from "../support/scenes/endpoints.ts";

/** What people learn where a proxy is there, and refuses to connect. */

const WANTS = "names a proxy that wants a user and password (HTTP 407): reports wait";
const REFUSES = `names a proxy that refuses to connect to localhost:${httpsPort()}: reports wait`;

/** What a proxy does by which words. Undefined: the server seems not to be there. */
const REFUSALS: Readonly<
  Record<string, readonly [start: () => { port: number; close(): Promise<void> }, words: string]>
> = {
  "wants a user and password": [() => new ConnectProxy({ routes: {}, credentials: "ada:secret" }), WANTS],
  "can't find the server": [() => new ConnectProxy({ routes: {} }), REFUSES],
  "forbids it": [
    () => new FaultyServer(says("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>No</html>")),
    REFUSES,
  ],
  "hangs up": [() => new FaultyServer(says("")), "the server can't be reached"],
};

for (const [name, [start, words]] of Object.entries(REFUSALS)) {
  endToEnd(`flush and status say so where the proxy ${name}`, HTTPS, async ({ run }) => {
    const proxy = start();
    try {
      const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const { out } = await run(["track", "Shell Started", "--json"], { env });
      assertEquals(JSON.parse(out).outcome, "queued");
      const flushed = await run(["flush"], { env });
      assertStringIncludes(flushed.err, words);
      assertEquals(flushed.code, 4);
      const isProxy = words.startsWith("names");
      const status = await run(["status"], { env });
      assertEquals(status.err.includes(`HTTPS_PROXY ${words}`), isProxy);
      // Without the proxy nothing is known of it.
      assertEquals((await run(["status"])).err, "");
      const { lastDelivery } = JSON.parse((await run(["status", "--json"], { env })).out);
      const proxyWord = !isProxy ? undefined : words === WANTS ? "wants a password" : "refuses";
      assertEquals([lastDelivery.status, lastDelivery.proxy], [null, proxyWord]);
    } finally {
      await proxy.close();
    }
  });
}
