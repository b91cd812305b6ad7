import { UsageError } from "../../cli/command.ts";
import type { Host } from "../../host/host.ts";
import { parseObject } from "./object.ts";

/** Largest input, in bytes. */
const MAX_INPUT_BYTES = 1024 * 1024;
/** How long standard input may take to end, in milliseconds. */
const INPUT_WAIT_MS = 5_000;
/** How long its first byte may take, in milliseconds: an input that is open and silent belongs to somebody else. */
const FIRST_BYTE_MS = 1_000;

/**
 * The JSON object on standard input, `{}` where there is nothing, a terminal, or silence for a second. Its keys are
 * some of `keys`, each of an object or null. Throws `UsageError` for anything else; the message begins with `purpose`
 * and quotes nothing of the content, which may be secret.
 */
export async function readDocument(
  host: Host,
  purpose: string,
  keys: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (host.terminal.stdin) return {};
  const text = await readText(host, purpose);
  if (text?.trim() === "") return {};
  const document = text === undefined ? "is not UTF-8" : parseObject(text, keys, keys);
  if (typeof document !== "string") return document;
  const shape = `it may be one object with ${keys.map((key) => `"${key}"`).join(" and ")}`;
  throw new UsageError(`${purpose}: standard input ${document}; ${shape}`);
}

/** All of standard input, nothing where it stays silent; undefined where it isn't UTF-8. */
async function readText(host: Host, purpose: string): Promise<string | undefined> {
  const reader = host.stdin.getReader();
  const timer = new AbortController();
  const expired = host.sleep(INPUT_WAIT_MS, timer.signal).then(() => "expired" as const);
  const silent = host.sleep(FIRST_BYTE_MS, timer.signal).then(() => "silent" as const);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const result = await Promise.race([reader.read(), length === 0 ? silent : expired]);
      if (result === "silent") {
        host.problem("standard input is open and silent: nothing is read from it; </dev/null saves the wait");
        return "";
      }
      if (result === "expired") {
        throw new UsageError(`${purpose}: standard input did not end within ${INPUT_WAIT_MS / 1000} s`);
      }
      if (result.done) return await decode(new Blob(chunks as Uint8Array<ArrayBuffer>[]));
      length += result.value.length;
      if (length > MAX_INPUT_BYTES) throw new UsageError(`${purpose}: standard input is larger than 1 MiB`);
      chunks.push(result.value);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${purpose}: standard input can't be read`, { cause: error });
  } finally {
    timer.abort();
    // Not awaited: an input that never ends never answers.
    void reader.cancel().catch(() => {});
  }
}

async function decode(bytes: Blob): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await bytes.arrayBuffer());
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
