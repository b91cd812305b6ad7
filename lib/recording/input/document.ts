import type { Host } from "../../host/host.ts";
import { isObject } from "../../json_object.ts";
import { UsageError } from "../../cli/command.ts";
import { countDuplicateKeys } from "./duplicate_keys.ts";
import { joinBytes } from "./join_bytes.ts";

/** Largest input, in bytes. */
const MAX_INPUT_BYTES = 1024 * 1024;
/** How long standard input may take to end, in milliseconds. */
const INPUT_WAIT_MS = 5_000;

/** What standard input gave. */
export interface Input {
  readonly values: Record<string, unknown>;
  /** How many keys, at any depth, repeat one of their object: what the earlier ones held is not in `values`. */
  readonly duplicates: number;
}

/**
 * The JSON object on standard input, `{}` where there is nothing or only a terminal. Throws `UsageError` for anything else;
 * its message names none of the content, which may be secret. `purpose` begins the message.
 */
export async function readInput(host: Host, purpose: string, keys: readonly string[]): Promise<Input> {
  if (host.terminal.stdin) return { values: {}, duplicates: 0 };
  const text = decode(await readBounded(host, purpose));
  const values = parseObject(text, purpose, keys);
  const unknown = Object.keys(values).filter((key) => !keys.includes(key)).length;
  if (unknown > 0) {
    throw new UsageError(
      `${purpose}: standard input has ${unknown} unknown top-level ${unknown === 1 ? "key" : "keys"}; ${known(keys)}`,
    );
  }
  // Null says that there is nothing, as leaving it out does.
  const wrong = keys.filter((key) => Object.hasOwn(values, key) && values[key] !== null && !isObject(values[key]));
  if (wrong.length > 0) {
    throw new UsageError(`${purpose}: ${wrong.map((key) => `"${key}"`).join(" and ")} must be a JSON object`);
  }
  return { values, duplicates: text === undefined ? 0 : countDuplicateKeys(text, values) };
}

async function readBounded(host: Host, purpose: string): Promise<Uint8Array> {
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
      if (result.done) return joinBytes(chunks, length);
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

/** Undefined where the bytes are no UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
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
    throw new UsageError(`${purpose}: standard input is not JSON; ${known(keys)}`, { cause: error });
  }
  if (!isObject(value)) throw new UsageError(`${purpose}: standard input is not a JSON object; ${known(keys)}`);
  return value;
}

function known(keys: readonly string[]): string {
  return `it may be one object with ${keys.map((key) => `"${key}"`).join(" and ")}`;
}
