import { assert, assertEquals } from "@std/assert";
import { Authority, type Identity, TlsFront } from "../support/programs/authority.ts";
import { endpointPort, httpsPort } from "../support/programs/binary.ts";
import { Collector } from "../support/programs/collector.ts";
import { ConnectProxy, type ProxyRules } from "../support/programs/connect_proxy.ts";
import {
  type Behaviour,
  FaultyServer,
  readRequest,
  says,
  saysAndStays,
  stays,
  writeText,
} from "../support/programs/faulty_server.ts";
import { SocksProxy } from "../support/programs/socks_proxy.ts";
import { UNDERSTOOD_PROXIES, UNUSABLE_PROXIES } from "../support/inputs/proxies.ts";
import { forgetDelivery, waitingIds } from "../support/inputs/queue_folder.ts";
import { timed } from "../support/programs/figures.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { HTTPS, NOWHERE, PLAIN } from "../support/scenes/endpoints.ts";

const TRACK = ["track", "Shell Started", "--json", "--timeout", "3"];
/** Longest run with that time-out, in milliseconds: less than one request may take, and enough to start on a busy machine. */
const TRACK_LIMIT_MS = 4_900;

const authority = await Authority.create();
const good = await authority.issue();
/** The host and port that the HTTPS binary asks a proxy for. */
const ENDPOINT = `localhost:${httpsPort()}`;
/** All that a proxy is told: the runtime's version, but no write key and nothing of the report. */
const CONNECT = `CONNECT ${ENDPOINT} HTTP/1.1\r\nHost: ${ENDPOINT}\r\nUser-Agent: Deno/${Deno.version.deno}\r\n\r\n`;

for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
  endToEnd(`${variable} names the proxy that reports go through, which can't read them`, HTTPS, async (here) => {
    await serving(here, {}, async ({ collector, proxy, trusted }) => {
      const id = await assertDelivers(here, { ...trusted, [variable]: `http://127.0.0.1:${proxy.port}` });
      assertEquals(collector.reports.map((report) => report["messageId"]), [id]);
      assertEquals(proxy.heads, [CONNECT]);
      // A TLS record's first byte, and nothing of what is inside.
      assertEquals(proxy.passed[0], "\x16");
      const { authorization, headers } = collector.arrivals[0] ?? {};
      for (const secret of [id, "Shell Started", "userId", "/v1/track", authorization, headers?.["user-agent"]]) {
        assert(secret && !proxy.passed.includes(secret), `the proxy can read ${secret}`);
      }
    });
  });
}

endToEnd("HTTPS_PROXY may name a host and a port alone", HTTPS, async (here) => {
  await serving(here, {}, async ({ proxy, trusted }) => {
    await assertDelivers(here, { ...trusted, HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    assertEquals(proxy.heads, [CONNECT]);
  });
});

endToEnd("HTTPS_PROXY may name a proxy that speaks TLS itself", HTTPS, async (here) => {
  await serving(here, {}, async ({ proxy, trusted }) => {
    const front = new TlsFront(good, proxy.port);
    try {
      await assertDelivers(here, { ...trusted, HTTPS_PROXY: `https://localhost:${front.port}` });
      assertEquals([proxy.heads, front.handshakes], [[CONNECT], { done: 1, failed: 0 }]);
    } finally {
      await front.close();
    }
  });
});

endToEnd("HTTPS_PROXY gives credentials to a proxy that speaks TLS, and to nobody else", HTTPS, async (here) => {
  await serving(here, { credentials: "ada:pass word" }, async ({ collector, proxy, trusted }) => {
    const front = new TlsFront(good, proxy.port);
    try {
      const at = `localhost:${front.port}`;
      const ids = [
        await assertKeeps(here, { ...trusted, HTTPS_PROXY: `https://${at}` }),
        await assertKeeps(here, { ...trusted, HTTPS_PROXY: `https://ada:wrong@${at}` }),
        await assertDelivers(here, { ...trusted, HTTPS_PROXY: `https://ada:pass%20word@${at}` }),
      ];
      assertEquals(collector.reports.map((report) => report["messageId"]), ids);
      const sent = proxy.heads.map((head) => /^Proxy-Authorization: Basic (.*)\r$/m.exec(head)?.[1]);
      assertEquals(sent.map((value) => value && atob(value)), [undefined, "ada:wrong", "ada:pass word"]);
      assertEquals(collector.arrivals.map(({ headers }) => headers["proxy-authorization"]), [undefined]);
    } finally {
      await front.close();
    }
  });
});

for (const variable of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
  endToEnd(
    `${variable} with credentials for a proxy in the clear keeps reports waiting: the runtime would tell them the endpoint`,
    HTTPS,
    async (here) => {
      await serving(here, { credentials: "ada:secret" }, async ({ collector, proxy, trusted }) => {
        for (const scheme of ["http://", "HTTP://", ""]) {
          const env = { ...trusted, [variable]: `${scheme}ada:secret@127.0.0.1:${proxy.port}` };
          await assertKeeps(here, env);
          const flushed = await here.run(["flush"], { env });
          assertEquals([flushed.code, flushed.err.includes(variable), flushed.err.includes("secret")], [
            4,
            true,
            false,
          ]);
          assertEquals((await here.run(["status"], { env })).err.includes(`${variable} holds a user`), true);
        }
        assertEquals([proxy.heads, collector.arrivals], [[], []]);
        await assertDelivers(here, { ...trusted, [variable]: "http://ada:secret@127.0.0.1:9", NO_PROXY: "localhost" });
        assertEquals([proxy.heads, collector.reports.length], [[], 4]);
        assertEquals(collector.arrivals.map(({ headers }) => headers["proxy-authorization"]), [undefined]);
      });
    },
  );
}

/** Values of NO_PROXY and whether they keep the proxy out of it. A port in it isn't understood. */
const NO_PROXY: readonly (readonly [variable: string, value: string, around: boolean])[] = [
  ["NO_PROXY", "localhost", true],
  ["no_proxy", "localhost", true],
  ["NO_PROXY", "collector.example, localhost", true],
  ["NO_PROXY", "*", true],
  ["NO_PROXY", ENDPOINT, false],
  ["NO_PROXY", "127.0.0.1,host", false],
  ["NO_PROXY", "", false],
];

for (const [variable, value, around] of NO_PROXY) {
  const name = value.replace(/\d+$/, "PORT");
  endToEnd(
    `${variable}=${JSON.stringify(name)} ${around ? "leads past" : "changes nothing about"} the proxy`,
    HTTPS,
    async (here) => {
      await serving(here, {}, async ({ collector, proxy, trusted }) => {
        const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
        await assertDelivers(here, { ...trusted, HTTPS_PROXY, [variable]: value });
        assertEquals([collector.arrivals.length, proxy.heads], [1, around ? [] : [CONNECT]]);
      });
    },
  );
}

endToEnd("ALL_PROXY comes before HTTPS_PROXY, and upper case before lower", HTTPS, async (here) => {
  await serving(here, {}, async ({ proxy, trusted }) => {
    const up = `http://127.0.0.1:${proxy.port}`;
    const down = `http://127.0.0.1:${await unusedPort()}`;
    for (
      const [first, second] of [["ALL_PROXY", "HTTPS_PROXY"], ["all_proxy", "HTTPS_PROXY"], [
        "HTTPS_PROXY",
        "https_proxy",
      ]]
    ) {
      await assertKeeps(here, { ...trusted, [String(first)]: down, [String(second)]: up });
      await assertDelivers(here, { ...trusted, [String(first)]: up, [String(second)]: down });
    }
  });
});

endToEnd("an empty HTTPS_PROXY counts as none", HTTPS, async (here) => {
  await serving(here, {}, async ({ collector, trusted }) => {
    const id = await assertDelivers(here, { ...trusted, HTTPS_PROXY: "" });
    assertEquals(collector.reports.map((report) => report["messageId"]), [id]);
  });
});

endToEnd(
  "no spelling of a proxy leads round it: it is used, or reports wait and people learn why",
  HTTPS,
  async (here) => {
    await serving(here, {}, async ({ collector, proxy, front, trusted }) => {
      const tls = new TlsFront(good, proxy.port);
      const socks = new SocksProxy(front.port);
      /** The spelling with a proxy in it that is there, for those that name a host and a port. */
      const real = (value: string) => {
        const http = /^https:/i.test(value) ? `localhost:${tls.port}` : `127.0.0.1:${proxy.port}`;
        return value.replaceAll("proxy.example:3128", http).replaceAll("proxy.example:1080", `127.0.0.1:${socks.port}`);
      };
      try {
        for (const value of UNDERSTOOD_PROXIES.filter((value) => /proxy\.example:/.test(value))) {
          const before = [proxy.heads.length + socks.asked.length, collector.arrivals.length];
          await assertDelivers(here, { ...trusted, HTTPS_PROXY: real(value) });
          const after = [proxy.heads.length + socks.asked.length, collector.arrivals.length];
          assertEquals(after, before.map((count) => count + 1), value);
        }
        const { length } = collector.arrivals;
        for (const [value, why] of UNUSABLE_PROXIES) {
          const env = { ...trusted, HTTPS_PROXY: real(value) };
          const { code, out, err } = await here.run(TRACK, { env });
          assertEquals(
            [code, JSON.parse(out).outcome, err, collector.arrivals.length],
            [0, "queued", "", length],
            value,
          );
          const words = why === "leaks" ? "HTTPS_PROXY holds a user" : "HTTPS_PROXY is no address";
          assert((await here.run(["flush"], { env })).err.includes(words), value);
        }
        const env = { ...trusted, HTTPS_PROXY: real("socks4://proxy.example:1080") };
        assert((await here.run(["status"], { env })).err.includes("HTTPS_PROXY is no address"));
        const flushed = await here.run(["flush"], {
          env: { ...trusted, HTTPS_PROXY: `socks5h://127.0.0.1:${socks.port}` },
        });
        assertEquals([flushed.err, socks.asked.at(-1)], [
          `${UNUSABLE_PROXIES.length} delivered, 0 rejected, 0 left\n`,
          "localhost",
        ]);
      } finally {
        await socks.close();
        await tls.close();
      }
    });
  },
);

endToEnd("HTTPS_PROXY whose port is no number keeps everything from leaving", HTTPS, async (here) => {
  await serving(here, {}, async ({ collector, trusted }) => {
    await assertKeeps(here, { ...trusted, HTTPS_PROXY: "http://127.0.0.1:port" });
    assertEquals(collector.arrivals, []);
  });
});

/** Proxies that break what they should do, by what they do. Undefined: nobody listens. */
const FAULTS: Readonly<Record<string, Behaviour | undefined>> = {
  "can't be reached": undefined,
  "never answers": stays,
  "hangs up": says(""),
  "hangs up once the tunnel is there": says("HTTP/1.1 200 OK\r\n\r\n"),
  "makes a tunnel in which nothing moves": saysAndStays("HTTP/1.1 200 OK\r\n\r\n"),
  "can't reach the collector": says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
  "shows a page instead": says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Blocked</html>"),
  "leads elsewhere": says("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
  "answers garbage": says("\x00\x01\x02\xff".repeat(1024)),
};

for (const [name, behave] of Object.entries(FAULTS)) {
  endToEnd(
    `track keeps its report, in time and without a word, where the proxy ${name}`,
    HTTPS,
    async (here) => {
      await serving(here, {}, async ({ collector, trusted }) => {
        const broken = behave && new FaultyServer(behave);
        try {
          const HTTPS_PROXY = `http://127.0.0.1:${broken?.port ?? await unusedPort()}`;
          const id = await assertKeeps(here, { ...trusted, HTTPS_PROXY }, ["--timeout", "1"]);
          // Where the proxy fails, nothing goes past it.
          assertEquals(collector.arrivals, []);
          assertEquals((await here.run(["flush"], { env: trusted })).err, "1 delivered, 0 rejected, 0 left\n");
          assertEquals(collector.reports.map((report) => report["messageId"]), [id]);
        } finally {
          await broken?.close();
        }
      });
    },
  );
}

endToEnd(
  "track sends nothing to a proxy that decrypts the connection, unless its authority is trusted",
  HTTPS,
  async (here) => {
    const company = await Authority.create();
    await serving(here, {}, async ({ collector, proxy, trusted }) => {
      const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
      const kept = await assertKeeps(here, { ...trusted, HTTPS_PROXY });
      assertEquals([collector.arrivals, proxy.heads.length], [[], 1]);
      const REQUESTS_CA_BUNDLE = `${here.folder}/company.pem`;
      await Deno.writeTextFile(REQUESTS_CA_BUNDLE, company.pem);
      const id = await assertDelivers(here, { REQUESTS_CA_BUNDLE, HTTPS_PROXY });
      assertEquals(collector.reports.map((report) => report["messageId"]), [kept, id]);
    }, await company.issue());
  },
);

endToEnd("HTTPS_PROXY resolves the endpoint's name, so that this machine need not know it", NOWHERE, async (here) => {
  const name = "collector.invalid";
  await serving(here, {}, async ({ collector, proxy, trusted }) => {
    const kept = await assertKeeps(here, trusted);
    assertEquals(collector.arrivals, []);
    const id = await assertDelivers(here, { ...trusted, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    assertEquals(collector.reports.map((report) => report["messageId"]), [kept, id]);
    assertEquals(proxy.heads, [CONNECT.replaceAll(ENDPOINT, `${name}:443`)]);
  }, await authority.issue({ name }));
});

endToEnd("HTTP_PROXY changes nothing for an endpoint on HTTPS", HTTPS, async (here) => {
  await serving(here, {}, async ({ proxy, trusted }) => {
    await assertDelivers(here, { ...trusted, HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    assertEquals(proxy.heads, []);
  });
});

for (const variable of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
  endToEnd(
    `${variable} leads plain HTTP to this machine through the proxy, unless NO_PROXY says otherwise`,
    PLAIN,
    async (here) => {
      const requests: string[] = [];
      const proxy = new FaultyServer(async (connection) => {
        requests.push(await readRequest(connection));
        await writeText(connection, 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"success":true}');
      });
      const collector = new Collector(endpointPort());
      try {
        const through = { [variable]: `http://127.0.0.1:${proxy.port}` };
        const id = await assertDelivers(here, through);
        const [request = ""] = requests;
        assertEquals(request.split("\r\n")[0], `POST http://127.0.0.1:${endpointPort()}/v1/track HTTP/1.1`);
        assertEquals([request.includes(id), requests.length, collector.arrivals], [true, 1, []]);
        await assertDelivers(here, { ...through, NO_PROXY: "127.0.0.1" });
        assertEquals([requests.length, collector.arrivals.length], [1, 1]);
      } finally {
        await collector.close();
        await proxy.close();
      }
    },
  );
}

/** What answers to the binary. */
interface Servers {
  readonly collector: Collector;
  readonly proxy: ConnectProxy;
  /** What takes TLS off at the binary's endpoint. */
  readonly front: TlsFront;
  /** The variables that make the binary trust the collector. */
  readonly trusted: Readonly<Record<string, string>>;
}

/** Serves HTTPS at the binary's endpoint, and the way to it through a proxy, for as long as the work takes. */
async function serving(
  here: EndToEnd,
  rules: Omit<ProxyRules, "routes">,
  work: (servers: Servers) => Promise<void>,
  identity: Identity = good,
): Promise<void> {
  const collector = new Collector();
  const front = new TlsFront(identity, Number(new URL(collector.endpoint).port), httpsPort());
  const proxy = new ConnectProxy({ ...rules, routes: { [ENDPOINT]: front.port, "collector.invalid:443": front.port } });
  const SSL_CERT_FILE = `${here.folder}/ours.pem`;
  await Deno.writeTextFile(SSL_CERT_FILE, authority.pem);
  try {
    await work({ collector, proxy, front, trusted: { SSL_CERT_FILE } });
  } finally {
    await proxy.close();
    await front.close();
    await collector.close();
  }
}

/** Asserts that a report goes out, and returns its messageId. */
async function assertDelivers(here: EndToEnd, env: Readonly<Record<string, string>>): Promise<string> {
  await forgetDelivery(here);
  const { code, out, err } = await here.run(TRACK, { env });
  const { outcome, messageId } = JSON.parse(out);
  assertEquals([code, err, outcome, await waitingIds(here)], [0, "", "delivered", []]);
  return messageId;
}

/** Asserts that a report waits and that its caller was told so, in time, and nothing else. Returns its messageId. */
async function assertKeeps(
  here: EndToEnd,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<string> {
  await forgetDelivery(here);
  const { code, out, err, took } = await timed(() => here.run([...TRACK, ...args], { env }));
  const { outcome, messageId } = JSON.parse(out);
  assertEquals([code, err, outcome, (await waitingIds(here)).at(-1)], [0, "", "queued", messageId]);
  assert(took < TRACK_LIMIT_MS, `it took ${took} ms`);
  return messageId;
}

/** A port that nobody listens on. */
async function unusedPort(): Promise<number> {
  const server = new FaultyServer(() => Promise.resolve());
  await server.close();
  return server.port;
}
