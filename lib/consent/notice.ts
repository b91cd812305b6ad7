import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import { removeQuietly, replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";

/** Longest wait for an answer, in milliseconds: a terminal may have nobody in front of it, and Rasa is waiting. */
const ANSWER_WAIT_MS = 30_000;
const MAX_QUESTIONS = 3;
const MAX_MARKER_BYTES = 100;

/** Where the licence terms are. Source: Rasa's public telemetry documentation, as for the links below. */
export const TERMS_URL = "https://rasa.com/developer-terms";

/** What people are told before anything leaves. */
export const NOTICE = `Rasa Pro reports how it is used, to help Rasa improve it.

  What    which features run, how large a project is, versions and the kind of
          machine, a hash of your licence and its company; never your training
          data, messages or prompts
  See it  rasa-telemetry inspect     every field and its value on this machine
          RASA_TELEMETRY_DEBUG=true  prints reports instead of sending them
          rasa-telemetry log         what was sent
  Off     rasa telemetry disable        or  rasa-telemetry disable
          RASA_TELEMETRY_ENABLED=false  or  DO_NOT_TRACK=1

  About   https://rasa.com/docs/reference/telemetry/
  Privacy https://rasa.com/product-privacy/
  Licence ${TERMS_URL}

Nothing is sent during this run.
`;

/** What is said under a licence that does not let telemetry be switched off. */
export const LOCKED_NOTICE = "Under your Developer Edition Extended licence telemetry can't be switched off.\n";

/** Asks on the terminal; null where no answer came: the terminal was closed, nobody was there, or it made no sense. */
export async function askForConsent(host: Host): Promise<boolean | null> {
  const until = host.elapsed() + ANSWER_WAIT_MS;
  const lines = readLines(host.stdin);
  try {
    for (let question = 0; question < MAX_QUESTIONS; question++) {
      host.stderr("Report usage to Rasa? [Y/n] ");
      const line = await before(host, until, lines.next());
      if (line === undefined || line.done) {
        host.stderr("\n");
        return null;
      }
      const answer = line.value.trim().toLowerCase();
      if (["", "y", "yes"].includes(answer)) return true;
      if (["n", "no"].includes(answer)) return false;
      host.stderr('Please answer "y" or "n".\n');
    }
    return null;
  } finally {
    // Not awaited: the terminal may never give another byte.
    void lines.return(undefined).catch(() => {});
  }
}

/**
 * Keeps the date under which the notice's default is stored, before it is: reports that were held until then go under it too.
 * Throws `FileFault` where nothing can be written.
 */
export function writeNoticeDate(host: Host, home: Home, date: string): void {
  host.files.makeDirectory(home.telemetryDirectory);
  replaceFile(host, markerPath(home), date);
}

/** Stands in the place of the date where the notice was shown, but `global.yml` could not be changed. */
export const UNSTORED = "unstored";

/** Takes the date back: the notice could not be shown after all. */
export function removeNoticeDate(host: Host, home: Home): void {
  removeQuietly(host, markerPath(home));
}

/** The date that the notice's default was stored under, or undefined where `init` never did. */
export function readNoticeDate(host: Host, home: Home): string | undefined {
  try {
    return new TextDecoder().decode(host.files.read(markerPath(home), MAX_MARKER_BYTES));
  } catch (error) {
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

function markerPath(home: Home): string {
  return join(home.telemetryDirectory, "notice");
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The outcome, or undefined where it didn't come in time. */
async function before<T>(host: Host, until: number, outcome: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      outcome,
      host.sleep(Math.max(0, until - host.elapsed()), timer.signal).then(() => undefined),
    ]);
  } finally {
    timer.abort();
  }
}
