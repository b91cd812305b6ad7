import { FaultyServer, join, readRequest, tunnel, writeText } from "./faulty_server.ts";

/** How a proxy differs from one that lets everybody through. */
export interface ProxyRules {
  /** Which port on the loopback interface stands for a host and port that a client asks for. The proxy knows no others. */
  readonly routes: Readonly<Record<string, number>>;
  /** `user:password`, without which nobody gets through. */
  readonly credentials?: string;
}

/** A proxy on the loopback interface, of the kind that makes tunnels and doesn't look into them. */
export class ConnectProxy {
  /** What it was asked for: the head of each request. */
  readonly heads: string[] = [];
  /** What clients sent through its tunnels, one character a byte. */
  passed = "";
  readonly #rules: ProxyRules;
  readonly #server: FaultyServer;

  constructor(rules: ProxyRules) {
    this.#rules = rules;
    this.#server = new FaultyServer((connection, over) => this.#serve(connection, over));
  }

  get port(): number {
    return this.#server.port;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #serve(connection: Deno.TcpConn, over: AbortSignal): Promise<void> {
    const head = await readRequest(connection);
    this.heads.push(head);
    const { credentials, routes } = this.#rules;
    if (credentials !== undefined && !head.includes(`\r\nProxy-Authorization: Basic ${btoa(credentials)}\r\n`)) {
      const challenge = 'Proxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n';
      return await writeText(connection, `HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}`);
    }
    const port = routes[/^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? ""];
    if (port === undefined) return await writeText(connection, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    await tunnel(port, over, async (target) => {
      await writeText(connection, "HTTP/1.1 200 Connection established\r\n\r\n");
      await join(connection, target, (bytes) => this.passed += String.fromCharCode(...bytes));
    });
  }
}
