import type { Host } from "../host/host.ts";
import { TERMS_URL } from "../licence/licence.ts";
import { paragraph } from "../terminal/table.ts";

/** The longest wait for an answer, in milliseconds. Nobody may be at the terminal, and Rasa is waiting. */
const ANSWER_WAIT_MS = 30_000;
const MAX_QUESTIONS = 3;

/**
 * What people are told before anything leaves, laid out for `NOTICE_COLUMNS`. Source of the addresses: Rasa's public
 * telemetry documentation.
 */
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

/** What the notice ends with under a licence that doesn't let telemetry be switched off. */
export const LOCKED_NOTICE = "Under your Developer Edition Extended licence telemetry can't be switched off.\n";

const NOTICE_COLUMNS = 80;

/** The notice, laid out for the terminal. `locked`: the licence doesn't let telemetry be switched off. */
export function noticeFor({ terminal }: Host, locked: boolean): string {
  const text = NOTICE + (locked ? LOCKED_NOTICE : "");
  const { stderr, columns } = terminal;
  if (!stderr || columns === undefined || columns >= NOTICE_COLUMNS) return text;
  return text.split("\n").map((line) => {
    const indent = line.startsWith("          ") ? "    " : /^ */.exec(line)?.[0] ?? "";
    return paragraph(line.trim().replace(/ +/g, " "), columns, indent).trimEnd();
  }).join("\n");
}

/** Asks on the terminal. Null where no answer came: the terminal was closed, nobody was there, or it made no sense. */
export async function askForConsent(host: Host): Promise<boolean | null> {
  const until = host.elapsed() + ANSWER_WAIT_MS;
  const lines = readLines(host.stdin);
  try {
    for (let question = 0; question < MAX_QUESTIONS; question++) {
      host.say("Report usage to Rasa? [Y/n] ");
      const line = await before(host, until, lines.next());
      if (line === undefined || line.done) {
        host.say("\n");
        return null;
      }
      const answer = line.value.trim().toLowerCase();
      if (["", "y", "yes"].includes(answer)) return true;
      if (["n", "no"].includes(answer)) return false;
      host.say('Please answer "y" or "n".\n');
    }
    return null;
  } finally {
    // Nobody waits for this: the terminal may never give another byte.
    void lines.return(undefined).catch(() => {});
  }
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

/** The outcome; undefined where it didn't come by `until` (of `host.elapsed()`). */
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
