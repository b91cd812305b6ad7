/** What a server does with one connection. It may throw what a broken connection throws, and ends once `over` is aborted. */
export type Behaviour = (connection: Deno.TcpConn, over: AbortSignal) => Promise<void>;

/** Answers a request with a text, and ends the connection. */
export const says = (text: string): Behaviour => async (connection) => {
  await readRequest(connection);
  await writeText(connection, text);
};

/** Answers a request with a text and then nothing, but keeps the connection open. */
export const saysAndStays = (text: string): Behaviour => async (connection, over) => {
  await says(text)(connection, over);
  await overAt(over);
};

/** Reads nothing and says nothing, but keeps the connection open. */
export const stays: Behaviour = (_connection, over) => overAt(over);

/** Answers a request with a beginning, and then repeats the rest for ever. */
export const saysWithoutEnd = (beginning: string, rest: string): Behaviour => async (connection, over) => {
  await says(beginning)(connection, over);
  while (!over.aborted) await writeText(connection, rest);
};

/** Answers a request with a text, one byte a second. */
export const saysSlowly = (text: string): Behaviour => async (connection, over) => {
  await readRequest(connection);
  for (const character of text) {
    await writeText(connection, character);
    const second = Promise.withResolvers<void>();
    const timer = setTimeout(second.resolve, 1_000);
    await Promise.race([second.promise, overAt(over)]);
    clearTimeout(timer);
    if (over.aborted) return;
  }
};

function overAt(over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve();
  return new Promise((resolve) => over.addEventListener("abort", () => resolve()));
}

/** A server on the loopback interface that speaks no protocol of its own, so that it can break any. */
export class FaultyServer {
  /** How many connections were made to it. */
  connections = 0;
  readonly #listener: Deno.TcpListener;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;

  /** Port 0 takes any that is free. */
  constructor(behave: Behaviour, port = 0) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#running = this.#accept(behave);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends with every connection closed. */
  async close(): Promise<void> {
    this.#over.abort();
    this.#listener.close();
    await this.#running;
  }

  async #accept(behave: Behaviour): Promise<void> {
    const open: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.connections++;
      open.push(this.#hold(behave, connection));
    }
    await Promise.all(open);
  }

  async #hold(behave: Behaviour, connection: Deno.TcpConn): Promise<void> {
    const close = () => closeQuietly(connection);
    this.#over.signal.addEventListener("abort", close);
    try {
      await behave(connection, this.#over.signal);
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      this.#over.signal.removeEventListener("abort", close);
      close();
    }
  }
}

/** Has a proxy work with a connection to a port on the loopback interface, until either end breaks or all is over. */
export async function tunnel(
  port: number,
  over: AbortSignal,
  work: (target: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  const target = await Deno.connect({ hostname: "127.0.0.1", port });
  const close = () => closeQuietly(target);
  over.addEventListener("abort", close);
  try {
    await work(target);
  } catch (error) {
    if (!isBroken(error)) throw error;
  } finally {
    over.removeEventListener("abort", close);
    close();
  }
}

/** Passes everything on between two connections until both have ended, and closes them. */
export async function join(one: Deno.Conn, other: Deno.Conn, see?: (bytes: Uint8Array) => void): Promise<void> {
  await Promise.all([pass(one, other, see), pass(other, one)]);
  closeQuietly(one);
  closeQuietly(other);
}

async function pass(from: Deno.Conn, to: Deno.Conn, see?: (bytes: Uint8Array) => void): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      see?.(buffer.slice(0, count));
      for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
    }
    await to.closeWrite();
  } catch (error) {
    if (!isBroken(error)) throw error;
    closeQuietly(to);
  }
}

/** Whether this is what reading or writing throws once the other side, or `close` here, has ended the connection. */
export function isBroken(error: unknown): boolean {
  return [
    Deno.errors.BadResource,
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionAborted,
    Deno.errors.ConnectionReset,
    Deno.errors.Interrupted,
    Deno.errors.NotConnected,
    Deno.errors.UnexpectedEof,
  ].some((kind) => error instanceof kind);
}

/** Closes what may be closed already. */
export function closeQuietly(connection: { close(): void }): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** Reads one request to the end of its body, as far as its length is given, and returns it one character a byte. */
export async function readRequest(connection: { read(into: Uint8Array): Promise<number | null> }): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n\r\n");
    const length = Number(/^content-length: (\d+)\r$/im.exec(text)?.[1] ?? 0);
    if (end !== -1 && text.length >= end + 4 + length) return text;
    const count = await connection.read(buffer);
    if (count === null) return text;
    text += String.fromCharCode(...buffer.subarray(0, count));
  }
}

/** Writes all of a text, one byte a character. */
export async function writeText(connection: Pick<Deno.Conn, "write">, text: string): Promise<void> {
  let bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
}
