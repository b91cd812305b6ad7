import type { Host } from "../host/host.ts";

/** Longest wait for an answer, in milliseconds: a terminal may have nobody in front of it, and Rasa is waiting. */
const ANSWER_WAIT_MS = 30_000;
const MAX_QUESTIONS = 3;

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
    // Not awaited: the terminal may never give another byte.
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
