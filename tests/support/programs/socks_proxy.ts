import { FaultyServer, join, tunnel } from "./faulty_server.ts";

/** How a client asks a SOCKS5 proxy for a tunnel: version, CONNECT, reserved, address type. Source: RFC 1928. */
const TUNNEL = [5, 1, 0];
/** The address types: four bytes, a name after its length, sixteen bytes. Source: RFC 1928. */
const ADDRESS_BYTES: Readonly<Record<number, number | "named">> = { 1: 4, 3: "named", 4: 16 };

/** A SOCKS5 proxy on the loopback interface that asks for no password, and makes one tunnel's end stand for all. */
export class SocksProxy {
  /** The hosts that clients asked for. An address is its bytes, separated by dots. */
  readonly asked: string[] = [];
  readonly #target: number;
  readonly #server: FaultyServer;

  /** `target` is the port on the loopback interface where every tunnel ends. */
  constructor(target: number) {
    this.#target = target;
    this.#server = new FaultyServer((connection, over) => this.#serve(connection, over));
  }

  get port(): number {
    return this.#server.port;
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #serve(connection: Deno.TcpConn, over: AbortSignal): Promise<void> {
    const [version, methods = 0] = await take(connection, 2);
    // Another version has nothing to expect here.
    if (version !== 5) return;
    await take(connection, methods);
    await connection.write(Uint8Array.of(5, 0));
    const [one, two, three, type = 0] = await take(connection, 4);
    if (![one, two, three].every((byte, index) => byte === TUNNEL[index])) return;
    this.asked.push(await takeHost(connection, type));
    await take(connection, 2);
    await tunnel(this.#target, over, async (target) => {
      await connection.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      await join(connection, target);
    });
  }
}

async function takeHost(connection: Deno.TcpConn, type: number): Promise<string> {
  const length = ADDRESS_BYTES[type];
  if (length !== "named") return (await take(connection, length ?? 0)).join(".");
  const [named = 0] = await take(connection, 1);
  return new TextDecoder().decode(await take(connection, named));
}

/** Reads exactly so many bytes; fewer where the connection ends before. */
async function take(connection: Deno.TcpConn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let length = 0;
  while (length < count) {
    const read = await connection.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
