import type { Host, Keyboard, Terminal } from "../host/host.ts";
import { wrap } from "../terminal/width.ts";
import { unicodePattern } from "../unicode.ts";

/** The longest wait for an answer, in milliseconds. Nobody may be at the terminal, and Rasa is waiting. */
const ANSWER_WAIT_MS = 30_000;
/** How often is asked at most: an answer that makes no sense gets a second question. */
const MAX_QUESTIONS = 2;
/** How long nothing may be typed before an answer counts, in milliseconds: nobody reads a question faster. */
const SETTLE_MS = 300;
/** One step of that, in milliseconds. A program that was held up for long still takes what was typed meanwhile. */
const STEP_MS = 50;

/** What is asked. */
export const QUESTION = "Report usage to Rasa? [y/n] (Enter decides nothing)";
/** Columns beside the question for an answer. */
const ANSWER_COLUMNS = 5;

/** What a line that was typed means. `"nothing"`: Enter alone; `"nonsense"`: neither a yes nor a no. */
export type Answer = "yes" | "no" | "nothing" | "nonsense";

/**
 * Asks on the terminal whether usage may be reported. True for a yes, false for a no; null where nobody answered: Enter
 * alone, Ctrl-D (but behind a no), half a minute of silence, a terminal that closed, or no sense twice.
 *
 * What was typed before the question appeared is no answer, nor what is typed before the keyboard was quiet for a
 * moment after it: whole lines are dropped, and so is a line that was begun. The terminal is read line by line, with
 * its own line editor; its modes are as before at the end. Ctrl-C ends the program, and nothing was answered.
 */
export async function askForConsent(host: Host): Promise<boolean | null> {
  const question = questionFor(host.terminal);
  const keyboard = host.openKeyboard();
  const typing = new Typing(host, keyboard);
  try {
    await typing.drop(STEP_MS);
    for (let times = 0; times < MAX_QUESTIONS; times++) {
      if (!host.say(times === 0 ? question : `Please answer "y" or "n".\n${question}`)) return null;
      while (await typing.drop(SETTLE_MS)) host.say(`\nThat was typed too soon to count.\n${question}`);
      const answer = await typing.answer();
      if (answer === undefined) host.say("\n");
      if (answer !== "nonsense") return answer === undefined ? null : DECISIONS[answer];
    }
    return null;
  } finally {
    keyboard.close();
  }
}

const DECISIONS = { yes: true, no: false, nothing: null } as const;

/** The question, broken between words where the terminal is too narrow for it and an answer. */
function questionFor({ columns = Infinity }: Terminal): string {
  return `${wrap(QUESTION, Math.max(1, columns - ANSWER_COLUMNS)).join("\n")} `;
}

/** Words that decline, and the commands and variables of the notice that switch telemetry off. */
const NO = unicodePattern(
  [
    "^n",
    String.raw`^(q|quit|exit|off|stop|false|0|disabled?|cancel|abort)(?![\p{L}\p{N}])`,
    String.raw`^(decline|deny|refuse|reject|don['’]?t|do not|opt[ -]?out)(?![\p{L}\p{N}])`,
    String.raw`\bdisable$`,
    String.raw`\brasa_telemetry_enabled=["']?(false|0|no|off)?["']?$`,
    String.raw`\bdo_not_track=["']?(1|true)["']?$`,
  ].join("|"),
  "u",
);
/** The signs before an answer's first word. */
const SIGNS = unicodePattern(String.raw`^[^\p{L}\p{N}]+`, "u");

/**
 * What a line means. Only `y` and `yes` are a yes, in any case, with white space around them and a dot or an
 * exclamation mark behind. A no is whatever begins with `n`, a word that declines, or a way to switch telemetry off
 * that the notice shows; signs before it don't count. In doubt it is no yes.
 */
export function readAnswer(line: string): Answer {
  const text = line.trim().toLowerCase();
  if (text === "") return "nothing";
  if (/^(y|yes)[.!]?$/.test(text)) return "yes";
  const words = text.replace(SIGNS(), "");
  return NO().test(words) ? "no" : "nonsense";
}

/** What came of waiting for the keyboard. */
type Came = Uint8Array | "ended" | "silence";

/** What is typed on a terminal, as long as an answer is waited for. */
class Typing {
  readonly #host: Host;
  readonly #keyboard: Keyboard;
  readonly #until: number;
  #next: Promise<Came> | undefined;
  #ended = false;

  constructor(host: Host, keyboard: Keyboard) {
    this.#host = host;
    this.#keyboard = keyboard;
    this.#until = host.elapsed() + ANSWER_WAIT_MS;
  }

  /** Drops what is typed until nothing was for this many milliseconds. Returns whether anything was dropped. */
  async drop(quietMs: number): Promise<boolean> {
    let dropped = false;
    for (let quiet = 0; this.#isOpen();) {
      if (await this.#piece(STEP_MS) === "silence") quiet += STEP_MS;
      else [quiet, dropped] = [0, true];
      if (quiet < quietMs) continue;
      // A line that was begun comes at once.
      this.#keyboard.flush();
      if (await this.#piece(STEP_MS) === "silence") break;
      [quiet, dropped] = [0, true];
    }
    return dropped;
  }

  /** The next answer. Undefined where none came: it took too long, or there is nobody. */
  async answer(): Promise<Answer | undefined> {
    const decoder = new TextDecoder();
    let text = "";
    for (let pieces = 1; this.#isOpen(); pieces++) {
      const came = await this.#piece(this.#until - this.#host.elapsed());
      if (came === "ended" || came === "silence") break;
      text += decoder.decode(came, { stream: true });
      if (!text.endsWith("\n")) {
        // Ctrl-D sends what stands in the line. A yes needs Enter, and a no holds as soon as it can be read.
        if (readAnswer(text) !== "no") continue;
        this.#host.say("\n");
        return "no";
      }
      // A terminal gives a whole line at once. What comes in pieces may have been begun before the question.
      return pieces === 1 ? readAnswer(text) : "nonsense";
    }
    return undefined;
  }

  /** Whether anything may still come in time. */
  #isOpen(): boolean {
    return !this.#ended && this.#host.elapsed() < this.#until;
  }

  async #piece(longestMs: number): Promise<Came> {
    this.#next ??= this.#keyboard.read().then((piece) => piece ?? "ended");
    const timer = new AbortController();
    try {
      const silence = this.#host.sleep(longestMs, timer.signal).then(() => "silence" as const);
      const came = await Promise.race([this.#next, silence]);
      if (came !== "silence") this.#next = undefined;
      if (came === "ended") this.#ended = true;
      return came;
    } finally {
      timer.abort();
    }
  }
}
