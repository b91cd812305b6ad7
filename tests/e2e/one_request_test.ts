import { assertEquals } from "@std/assert";
import { Authority, TlsFront } from "../support/programs/authority.ts";
import { endpointPort, httpsPort } from "../support/programs/binary.ts";
import { ConnectProxy } from "../support/programs/connect_proxy.ts";
import { FaultyServer, readRequest, writeText } from "../support/programs/faulty_server.ts";
import { QUEUE_ONLY, TRACK } from "../support/inputs/queue_folder.ts";
import { type EndToEnd, endToEnd, type Setting } from "../support/scenes/end_to_end.ts";
import { HTTPS, PLAIN } from "../support/scenes/endpoints.ts";

/** One attempt is one request, whatever becomes of its connection: the runtime must not repeat it by itself. */

/** How much of a request a server reads, and what it answers, before it ends the connection. */
interface Ending {
  readonly reads: "a byte" | "the head" | "all but a byte" | "all";
  readonly answers?: string;
}

/** What is unread when a connection is closed makes the system reset it. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  "before it is read": { reads: "a byte" },
  "behind its head": { reads: "the head" },
  "before its last byte": { reads: "all but a byte" },
  "behind its body": { reads: "all" },
  "within the answer's head": { reads: "all", answers: "HTTP/1.1 200 OK\r\nContent-Le" },
  "within the answer's body": { reads: "all", answers: 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"succ' },
};

const TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";

/** A server that counts requests. On a connection that is `reused`, the first is answered and the second isn't. */
class CountingServer {
  /** The heads of the requests that were read so far. */
  readonly heads: string[] = [];
  readonly #server: FaultyServer;

  constructor(ending: Ending, reused: boolean, port = 0) {
    this.#server = new FaultyServer(async (connection) => {
      while (reused && this.heads.length === 0) {
        this.heads.push(await readRequest(connection));
        // The batch is halved, and goes again at once.
        await writeText(connection, TOO_LARGE);
      }
      this.heads.push(await readSome(connection, ending.reads));
      if (ending.answers !== undefined) await writeText(connection, ending.answers);
    }, port);
  }

  get port(): number {
    return this.#server.port;
  }

  get connections(): number {
    return this.#server.connections;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

async function readSome(connection: Deno.TcpConn, reads: Ending["reads"]): Promise<string> {
  if (reads === "all") return await readRequest(connection);
  let text = await readExactly(connection, 1);
  if (reads === "a byte") return text;
  while (!text.endsWith("\r\n\r\n")) text += await readExactly(connection, 1);
  const length = Number(/^content-length: (\d+)\r$/im.exec(text)?.[1]);
  return reads === "the head" ? text : text + await readExactly(connection, length - 1);
}

async function readExactly(connection: Deno.TcpConn, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new Deno.errors.UnexpectedEof();
    at += count;
  }
  return String.fromCharCode(...bytes);
}

const authority = await Authority.create();
const identity = await authority.issue();

/** Ways to the server. Each gives what the program must be told, and what must be closed in the end. */
const WAYS: Readonly<Record<string, readonly [setting: Setting, open: (here: EndToEnd) => Promise<Way>]>> = {
  "plain HTTP": [PLAIN, () => Promise.resolve({ port: endpointPort(), env: {}, follow: () => [] })],
  "TLS": [HTTPS, async (here) => {
    const env = { SSL_CERT_FILE: await plantAuthority(here) };
    return { port: 0, env, follow: ({ port }) => [new TlsFront(identity, port, httpsPort())] };
  }],
  "a proxy's tunnel": [HTTPS, async (here) => {
    const front: { port?: number } = {};
    const proxy = new ConnectProxy({
      get routes() {
        return { [`localhost:${httpsPort()}`]: front.port ?? 0 };
      },
    });
    const env = { SSL_CERT_FILE: await plantAuthority(here), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const follow = ({ port }: CountingServer) => {
      const made = new TlsFront(identity, port);
      front.port = made.port;
      return [made, proxy];
    };
    return { port: 0, env, follow };
  }],
};

interface Way {
  /** The server's port; 0 takes any that is free. */
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Starts what stands before the server. */
  follow(server: CountingServer): readonly { close(): Promise<void> }[];
}

async function plantAuthority({ folder }: EndToEnd): Promise<string> {
  await Deno.writeTextFile(`${folder}/ours.pem`, authority.pem);
  return `${folder}/ours.pem`;
}

for (const [way, [setting, open]] of Object.entries(WAYS)) {
  for (const [name, ending] of Object.entries(ENDINGS)) {
    for (const reused of [false, true]) {
      const connection = reused ? "used before" : "fresh";
      const title = `a request that ends ${name}, over ${way} on a connection that is ${connection}, is not repeated`;
      endToEnd(title, setting, async (here) => {
        const { port, env, follow } = await open(here);
        const server = new CountingServer(ending, reused, port);
        const others = follow(server);
        try {
          if (reused) {
            for (let count = 0; count < 2; count++) await here.run(QUEUE_ONLY, { env });
            assertEquals((await here.run(["flush"], { env })).code, 4);
          } else assertEquals((await here.run(TRACK, { env })).code, 0);
          assertEquals([server.heads.length, server.connections], [reused ? 2 : 1, 1]);
        } finally {
          for (const other of others) await other.close();
          await server.close();
        }
      });
    }
  }
}

endToEnd("a request says how long its body is, and sends it in one piece", PLAIN, async (here) => {
  const server = new CountingServer({ reads: "all" }, true, endpointPort());
  try {
    for (let count = 0; count < 2; count++) await here.run(QUEUE_ONLY);
    await here.run(["flush"]);
    const requests = server.heads.map((request) => request.split("\r\n\r\n"));
    assertEquals(
      requests.map((
        [head],
      ) => [/^content-length: (\d+)$/im.exec(head ?? "")?.[1], /transfer-encoding/i.test(head ?? "")]),
      requests.map(([, body]) => [String(body?.length), false]),
    );
  } finally {
    await server.close();
  }
});
