import { UsageError } from "../../cli/command.ts";
import type { Host } from "../../host/host.ts";
import { isObject } from "../../json_object.ts";

/** Largest input, in bytes. */
const MAX_INPUT_BYTES = 1024 * 1024;
/** How long standard input may take to end, in milliseconds. */
const INPUT_WAIT_MS = 5_000;

/**
 * The JSON object on standard input, `{}` where there is nothing or a terminal. Its keys are some of `keys`, each of an
 * object or null. Throws `UsageError` for anything else; the message begins with `purpose` and quotes nothing of the
 * content, which may be secret.
 */
export async function readDocument(
  host: Host,
  purpose: string,
  keys: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (host.terminal.stdin) return {};
  const document = parseObject(await readText(host, purpose), purpose, keys);
  const unknown = Object.keys(document).filter((key) => !keys.includes(key)).length;
  if (unknown > 0) {
    throw new UsageError(
      `${purpose}: standard input has ${unknown} unknown top-level ${unknown === 1 ? "key" : "keys"}; ${shapeOf(keys)}`,
    );
  }
  // Null says that there is nothing, as leaving the key out does.
  const wrong = keys.filter((key) =>
    Object.hasOwn(document, key) && document[key] !== null && !isObject(document[key])
  );
  if (wrong.length > 0) {
    throw new UsageError(`${purpose}: ${wrong.map((key) => `"${key}"`).join(" and ")} must be a JSON object`);
  }
  return document;
}

/** All of standard input; undefined where it isn't UTF-8. */
async function readText(host: Host, purpose: string): Promise<string | undefined> {
  const reader = host.stdin.getReader();
  const timer = new AbortController();
  const expired = host.sleep(INPUT_WAIT_MS, timer.signal).then(() => "expired" as const);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const result = await Promise.race([reader.read(), expired]);
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

function parseObject(text: string | undefined, purpose: string, keys: readonly string[]): Record<string, unknown> {
  let value: unknown;
  try {
    if (text?.trim() === "") return {};
    value = JSON.parse(text ?? "");
  } catch (error) {
    // SyntaxError: not JSON; RangeError: nested deeper than the parser goes.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new UsageError(`${purpose}: standard input is not JSON; ${shapeOf(keys)}`, { cause: error });
  }
  if (!isObject(value)) throw new UsageError(`${purpose}: standard input is not a JSON object; ${shapeOf(keys)}`);
  return value;
}

function shapeOf(keys: readonly string[]): string {
  return `it may be one object with ${keys.map((key) => `"${key}"`).join(" and ")}`;
}
