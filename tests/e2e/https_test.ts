import { assert, assertEquals, assertMatch } from "@std/assert";
import { Authority, type Identity, issueAlone, TlsFront } from "../support/programs/authority.ts";
import { httpsPort, TEST_WRITE_KEY } from "../support/programs/binary.ts";
import { type Arrival, Collector } from "../support/programs/collector.ts";
import { type Behaviour, FaultyServer, stays, writeText } from "../support/programs/faulty_server.ts";
import { forgetDelivery, waitingIds } from "../support/inputs/queue_folder.ts";
import { plantNode } from "../support/inputs/nodes.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { timed } from "../support/programs/figures.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { HTTPS } from "../support/scenes/endpoints.ts";

const TRACK = ["track", "Shell Started", "--json", "--timeout", "3"];
/** Longest run with that time-out, in milliseconds: less than one request may take, and enough to start on a busy machine. */
const TRACK_LIMIT_MS = 4_900;
const DAY_MS = 24 * 60 * 60 * 1000;

const authority = await Authority.create();
const stranger = await Authority.create();
const good = await authority.issue();

/** Files of authorities, by what is odd about them, that make the server trusted. */
const GOOD_FILES: Readonly<Record<string, string | Uint8Array>> = {
  "one certificate": authority.pem,
  "other certificates, comments and empty lines too": `# Ours\n\n${stranger.pem}\nTheirs:\n${authority.pem}\n# End\n`,
  "lines that end as on Windows": authority.pem.replaceAll("\n", "\r\n"),
  "a byte order mark": `\uFEFF${authority.pem}`,
  "a comment that isn't UTF-8": Uint8Array.of(0x23, 0x20, 0xe9, 0x0a, ...new TextEncoder().encode(authority.pem)),
  "nothing behind its last line": authority.pem.trim(),
};

for (const [name, content] of Object.entries(GOOD_FILES)) {
  endToEnd(`SSL_CERT_FILE makes the authorities of a file trusted that has ${name}`, HTTPS, async (here) => {
    await assertDelivers(here, { SSL_CERT_FILE: await plant(here, content) });
  });
}

endToEnd("SSL_CERT_FILE may be a link", { ...HTTPS, needs: ON_POSIX }, async (here) => {
  await Deno.symlink(await plant(here, authority.pem), `${here.folder}/link.pem`);
  await assertDelivers(here, { SSL_CERT_FILE: `${here.folder}/link.pem` });
});

endToEnd("SSL_CERT_FILE may be relative to the working folder", HTTPS, async (here) => {
  await plant(here, authority.pem, "project/ours.pem");
  await assertDelivers(here, { SSL_CERT_FILE: "ours.pem" });
});

endToEnd("SSL_CERT_FILE makes a server trusted by its own certificate", HTTPS, async (here) => {
  const alone = await issueAlone();
  await assertDelivers(here, { SSL_CERT_FILE: await plant(here, alone.cert) }, alone);
});

endToEnd("REQUESTS_CA_BUNDLE does what SSL_CERT_FILE does, unless that is set too", HTTPS, async (here) => {
  const ours = await plant(here, authority.pem);
  const theirs = await plant(here, stranger.pem, "theirs.pem");
  await assertDelivers(here, { REQUESTS_CA_BUNDLE: ours });
  await assertDelivers(here, { REQUESTS_CA_BUNDLE: ours, SSL_CERT_FILE: "" });
  await assertDelivers(here, { REQUESTS_CA_BUNDLE: theirs, SSL_CERT_FILE: ours });
  await assertRefuses(here, { REQUESTS_CA_BUNDLE: ours, SSL_CERT_FILE: theirs });
  await assertRefuses(here, { REQUESTS_CA_BUNDLE: ours, SSL_CERT_FILE: `${here.folder}/missing.pem` });
});

/** Certificates that are refused whichever authorities are trusted. */
const BAD_IDENTITIES: Readonly<Record<string, () => Promise<Identity>>> = {
  "of an authority that isn't trusted": () => stranger.issue(),
  "for another name": () => authority.issue({ name: "collector.example" }),
  "for a name that only begins as its own": () => authority.issue({ name: "localhost.example" }),
  "that has expired": () =>
    authority.issue({ notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) }),
  "that isn't valid yet": () =>
    authority.issue({ notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 2 * DAY_MS) }),
  "that no authority stands for": issueAlone,
};

for (const [name, issue] of Object.entries(BAD_IDENTITIES)) {
  endToEnd(`track sends nothing to a server with a certificate ${name}`, HTTPS, async (here) => {
    const SSL_CERT_FILE = await plant(here, authority.pem);
    await assertRefuses(here, { SSL_CERT_FILE }, await issue());
    await assertDeliversLater(here, { SSL_CERT_FILE });
  });
}

endToEnd("track trusts only public authorities unless it is told otherwise", HTTPS, async (here) => {
  await assertRefuses(here, {});
  await assertRefuses(here, { SSL_CERT_DIR: `${here.folder}`, NODE_EXTRA_CA_CERTS: await plant(here, authority.pem) });
});

/** What may stand where a file of authorities is expected. */
const BAD_FILES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "isn't there": () => Promise.resolve(),
  "is empty": (path) => Deno.writeTextFile(path, ""),
  "is a folder": (path) => Deno.mkdir(path),
  "is garbage": (path) => Deno.writeFile(path, Uint8Array.from({ length: 20_000 }, (_, index) => (index * 37) % 256)),
  "is 100 MB large": async (path) => {
    await Deno.writeTextFile(path, authority.pem);
    await Deno.truncate(path, 100 * 1024 * 1024);
  },
  "is cut off": (path) => Deno.writeTextFile(path, authority.pem.slice(0, 200)),
  "holds a key": (path) => Deno.writeTextFile(path, good.key),
  "holds what is no certificate": (path) => Deno.writeTextFile(path, NO_CERTIFICATE),
  "holds what isn't even base64": (path) => Deno.writeTextFile(path, NO_CERTIFICATE.replaceAll("A", "!")),
  ...ON_POSIX.met ? { "is a pipe": (path: string) => plantNode("pipe", path, "") } : {},
};

const NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAAAAAA\n-----END CERTIFICATE-----\n";

for (const [name, make] of Object.entries(BAD_FILES)) {
  endToEnd(`track sends nothing to a server that isn't trusted where SSL_CERT_FILE ${name}`, HTTPS, async (here) => {
    const path = `${here.folder}/odd.pem`;
    await make(path);
    await assertRefuses(here, { SSL_CERT_FILE: path });
    await assertDeliversLater(here, { SSL_CERT_FILE: await plant(here, authority.pem) });
  });

  endToEnd(`track sends to a server that is trusted anyway where SSL_CERT_FILE ${name}`, HTTPS, async (here) => {
    const path = `${here.folder}/odd.pem`;
    await make(path);
    // Stands for the public authorities, which no test has a key of.
    await assertDelivers(here, { SSL_CERT_FILE: path, DENO_CERT: await plant(here, authority.pem) });
  });
}

endToEnd(
  "SSL_CERT_FILE makes the other authorities trusted where one of its certificates is broken",
  HTTPS,
  async (here) => {
    await assertDelivers(here, { SSL_CERT_FILE: await plant(here, NO_CERTIFICATE + authority.pem) });
  },
);

endToEnd("DENO_CERT, which the runtime reads, adds authorities as SSL_CERT_FILE does", HTTPS, async (here) => {
  const ours = await plant(here, authority.pem);
  const theirs = await plant(here, stranger.pem, "theirs.pem");
  await assertDelivers(here, { DENO_CERT: ours });
  await assertDelivers(here, { DENO_CERT: ours, SSL_CERT_FILE: theirs });
  await assertDelivers(here, { DENO_CERT: theirs, SSL_CERT_FILE: ours });
  await assertRefuses(here, { DENO_CERT: theirs });
});

endToEnd("DENO_CERT that names no file keeps everything from leaving, without a word", HTTPS, async (here) => {
  const SSL_CERT_FILE = await plant(here, authority.pem);
  await assertKeeps(here, { DENO_CERT: `${here.folder}/missing.pem`, SSL_CERT_FILE });
  await assertDeliversLater(here, { SSL_CERT_FILE });
});

endToEnd(
  "DENO_TLS_CA_STORE chooses the authorities of the runtime, and SSL_CERT_FILE adds to them",
  HTTPS,
  async (here) => {
    const SSL_CERT_FILE = await plant(here, authority.pem);
    for (const store of ["", "mozilla", "system", "system,mozilla"]) {
      await assertDelivers(here, { DENO_TLS_CA_STORE: store, SSL_CERT_FILE });
    }
    await assertKeeps(here, { DENO_TLS_CA_STORE: "everybody", SSL_CERT_FILE });
    await assertDeliversLater(here, { SSL_CERT_FILE });
  },
);

endToEnd("SSLKEYLOGFILE makes the runtime write the keys of the connection into a file", HTTPS, async (here) => {
  const SSL_CERT_FILE = await plant(here, authority.pem);
  const path = `${here.folder}/secrets.txt`;
  await assertDelivers(here, { SSL_CERT_FILE, SSLKEYLOGFILE: path });
  assertMatch(await Deno.readTextFile(path), /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/m);
  await assertDelivers(here, { SSL_CERT_FILE, SSLKEYLOGFILE: `${here.folder}/missing/secrets.txt` });
  assertEquals(await waitingIds(here), []);
});

endToEnd("track sends over HTTPS the headers that a server needs and no others", HTTPS, async (here) => {
  const [arrival] = await assertDelivers(here, {
    SSL_CERT_FILE: await plant(here, authority.pem),
  });
  assertEquals([arrival?.path, arrival?.authorization], ["/v1/track", `Basic ${btoa(`${TEST_WRITE_KEY}:`)}`]);
  assertEquals({ ...arrival?.headers, authorization: "", "content-length": "" }, {
    accept: "application/json",
    "accept-encoding": "gzip,br",
    "accept-language": "*",
    authorization: "",
    "content-length": "",
    "content-type": "application/json",
    host: `localhost:${httpsPort()}`,
    "user-agent": "rasa-telemetry",
  });
});

const PLAIN_OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"success":true}';

/** What may be at the port instead of a server that speaks TLS. */
const BROKEN_TLS: Readonly<Record<string, Behaviour>> = {
  "speaks plain HTTP": async (connection) => await writeText(connection, PLAIN_OK),
  "answers garbage": async (connection) => await writeText(connection, "\x16\x03\x03\xff\xff".repeat(1000)),
  "hangs up in the middle of the handshake": async (connection) => void await connection.read(new Uint8Array(4096)),
  "never answers": stays,
};

for (const [name, behave] of Object.entries(BROKEN_TLS)) {
  endToEnd(
    `track keeps its report, in time and without a word, where the HTTPS server ${name}`,
    HTTPS,
    async (here) => {
      const SSL_CERT_FILE = await plant(here, authority.pem);
      const server = new FaultyServer(behave, httpsPort());
      try {
        await assertKeeps(here, { SSL_CERT_FILE });
        assert(server.connections > 0);
      } finally {
        await server.close();
      }
      await assertDeliversLater(here, { SSL_CERT_FILE });
    },
  );
}

async function plant(here: EndToEnd, content: string | Uint8Array, name = "ours.pem"): Promise<string> {
  const path = `${here.folder}/${name}`;
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  return path;
}

type Variables = Readonly<Record<string, string>>;

/** Serves HTTPS at the binary's endpoint for as long as the work takes. */
async function serving<T>(identity: Identity, work: (collector: Collector, front: TlsFront) => Promise<T>): Promise<T> {
  const collector = new Collector();
  const front = new TlsFront(identity, Number(new URL(collector.endpoint).port), httpsPort());
  try {
    return await work(collector, front);
  } finally {
    await front.close();
    await collector.close();
  }
}

/** Asserts that a report arrives, and returns all that did. */
async function assertDelivers(here: EndToEnd, env: Variables, identity = good): Promise<readonly Arrival[]> {
  await forgetDelivery(here);
  return await serving(identity, async (collector) => {
    const { code, out, err } = await here.run(TRACK, { env });
    const { outcome, messageId } = JSON.parse(out);
    assertEquals([code, err, outcome, Object.keys(env)], [0, "", "delivered", Object.keys(env)]);
    assertEquals(collector.reports.map((report) => report["messageId"]).at(-1), messageId);
    return collector.arrivals;
  });
}

/** Asserts that the program sends nothing to a server because of its certificate, and that the report waits. */
async function assertRefuses(here: EndToEnd, env: Variables, identity = good): Promise<void> {
  await serving(identity, async (collector, front) => {
    await assertKeeps(here, env);
    assertEquals([front.handshakes.done, collector.arrivals], [0, []]);
  });
}

/** Asserts that one more report waits, and that its caller was told so, in time, and nothing else. */
async function assertKeeps(here: EndToEnd, env: Variables): Promise<void> {
  await forgetDelivery(here);
  const { code, out, err, took } = await timed(() => here.run(TRACK, { env }));
  const { outcome, messageId } = JSON.parse(out);
  assertEquals([code, err, outcome, (await waitingIds(here)).at(-1)], [0, "", "queued", messageId]);
  assert(took < TRACK_LIMIT_MS, `it took ${took} ms`);
}

/** Asserts that flush delivers what waits to a server that is trusted. */
async function assertDeliversLater(here: EndToEnd, env: Variables): Promise<void> {
  const waiting = await waitingIds(here);
  await serving(good, async (collector) => {
    const { code, out, err } = await here.run(["flush"], { env });
    assertEquals([code, out, err], [0, "", `${waiting.length} delivered, 0 rejected, 0 left\n`]);
    assertEquals(collector.reports.map((report) => report["messageId"]), waiting);
  });
}
