import { type Condition, hasProgram } from "./conditions.ts";
import { pause } from "./waiting.ts";

/** Programs in a terminal that really is one, whose keys are pressed and whose screen is read by tmux. */

/** tmux, which Windows doesn't have. */
export const HAS_TMUX: Condition = await hasProgram("tmux", "-V");

/** Longest wait for something to appear on a screen, in milliseconds. */
const LONGEST_WAIT_MS = 20_000;
/** Between two looks at a screen, in milliseconds. */
const LOOK_EVERY_MS = 40;

/** How to open a terminal. */
export interface TerminalOptions {
  /** Where its socket and the exit code are kept. */
  readonly folder: string;
  readonly cwd: string;
  readonly columns: number;
  readonly rows?: number;
  /** The program's whole environment, but for TERM and PATH. */
  readonly env: Readonly<Record<string, string>>;
}

/** A terminal with one program in it. */
export class Terminal {
  readonly #socket: string;
  readonly #codeFile: string;

  private constructor(folder: string) {
    const name = crypto.randomUUID().slice(0, 8);
    this.#socket = `${folder}/${name}.tmux`;
    this.#codeFile = `${folder}/${name}.code`;
  }

  /** Opens one. It stays open when the program has ended. */
  static async open(argv: readonly string[], options: TerminalOptions): Promise<Terminal> {
    const terminal = new Terminal(options.folder);
    const variables = { TERM: "screen-256color", PATH: Deno.env.get("PATH") ?? "", ...options.env };
    // The shell must outlive a Ctrl-C, which goes to both.
    const script = 'trap : INT; file=$1; shift; "$@"; echo $? >"$file"; exec sleep 600';
    const size = ["-x", String(options.columns), "-y", String(options.rows ?? 50)];
    const env = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const program = ["env", "-i", ...env, "sh", "-c", script, "sh", terminal.#codeFile, ...argv];
    await terminal.#tmux(["-f", "/dev/null", "new-session", "-d", ...size, "-c", options.cwd, ...program]);
    return terminal;
  }

  /** Types text. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", text]);
  }

  /** Presses keys by their names: `Enter`, `Tab`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** What is on the screen, without spaces at the end of lines and empty lines at the end; `styled`: with colours. */
  async screen(styled = false): Promise<string> {
    const text = await this.#tmux(["capture-pane", "-p", ...(styled ? ["-e"] : [])]);
    return text.replace(/\n+$/, "\n");
  }

  /** The screen, once it fits. Throws where that takes too long. */
  async until(fits: (screen: string) => boolean): Promise<string> {
    for (const since = performance.now();;) {
      const screen = await this.screen();
      if (fits(screen)) return screen;
      if (performance.now() - since > LONGEST_WAIT_MS) throw new Error(`The screen still shows:\n${screen}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  /** The program's exit code, once it has ended; 128 and the signal's number where a signal ended it. Throws where that takes too long. */
  async code(longestMs = LONGEST_WAIT_MS): Promise<number> {
    for (const since = performance.now();;) {
      const text = await Deno.readTextFile(this.#codeFile).catch(() => "");
      if (text.endsWith("\n")) return Number(text);
      if (performance.now() - since > longestMs) throw new Error(`It did not end:\n${await this.screen()}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Closes it, and ends what still runs in it. */
  async close(): Promise<void> {
    await this.#tmux(["kill-server"]);
  }

  async #tmux(args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-u", "-S", this.#socket, ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", TERM: "screen-256color" },
      stdin: "null",
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}
