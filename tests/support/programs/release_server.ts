import { CHECKSUMS_FILE } from "../../../scripts/release/assets.ts";
import { TARGETS } from "../../../scripts/toolchain/targets.ts";
import type { Identity } from "./authority.ts";

/** A server on the loopback interface that has releases as the public one does, or broken as a test chooses. */
export class ReleaseServer {
  /** The paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** What is under a file's name; a test changes it. */
  readonly files: Map<string, () => Response>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #versions: readonly string[];
  readonly #origin: string;

  /**
   * Has `binary` under every system's name, in the newest release and in the versions named. With an identity it speaks
   * HTTPS, as `localhost`.
   */
  constructor(binary: Uint8Array<ArrayBuffer>, sha256: string, versions: readonly string[], identity?: Identity) {
    this.#versions = versions;
    const list = TARGETS.map(({ file }) => `${sha256}  ${file}\n`).join("");
    this.files = new Map(TARGETS.map(({ file }) => [file, () => new Response(binary)]));
    this.files.set(CHECKSUMS_FILE, () => new Response(list));
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
        ...identity,
      },
      (request) => this.#answer(request),
    );
    const { port } = this.#server.addr;
    this.#origin = identity === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  }

  get url(): string {
    return `${this.#origin}/releases`;
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    const { pathname } = new URL(request.url);
    this.requests.push(pathname.replace("/releases/", ""));
    const folders = ["latest/download", ...this.#versions.map((version) => `download/v${version}`)];
    const [folder, name] = splitAtLastSlash(pathname.replace("/releases/", ""));
    const file = folders.includes(folder) ? this.files.get(name) : undefined;
    return file === undefined ? new Response("Not Found", { status: 404 }) : file();
  }
}

/** An answer that leads elsewhere. */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

/** An answer that says how long it is and ends after half of that. */
export function brokenOff(content: Uint8Array<ArrayBuffer>): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (sent) return controller.error(new Error("the connection breaks"));
      sent = true;
      controller.enqueue(content.subarray(0, content.length / 2));
    },
  });
  return new Response(body, { headers: { "content-length": String(content.length) } });
}

function splitAtLastSlash(path: string): [string, string] {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}
