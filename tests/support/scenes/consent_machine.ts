import type { Place } from "../../../lib/consent/place.ts";
import type { StepName } from "../../consent/model.ts";
import { STORED_ON } from "./scene.ts";
import type { EndToEnd, RunOptions } from "./end_to_end.ts";
import { letPass } from "./later.ts";
import { queueOf, waitingIn } from "../inputs/queue_folder.ts";
import { claimsAt, LOCKING_SCOPE, signToken } from "../inputs/licence.ts";
import { binaryPath, issuerKey } from "../programs/binary.ts";
import type { Mounts } from "../programs/mounts.ts";
import type { Ended } from "../programs/process.ts";
import { runOnTerminal, type Step } from "../programs/pseudo_terminal.ts";
import { StreamChild } from "../programs/stream_child.ts";
import { until } from "../programs/waiting.ts";
import { QUESTION } from "../../../lib/consent/question.ts";

/** A home on this machine on which the steps of the model of consent are taken with the compiled binary. */

const MINUTE_MS = 60_000;
/** On a machine that does much else. */
const LONGEST = { longestMs: 60_000 };
const EVENT = '{"event": "Shell Started"}\n';
/** Where nothing is that counts here. */
const ELSEWHERE: Place = { kind: "container", hash: "c".repeat(64), own: true };
/** Longer than what is typed may still be too early. */
const ASKED: readonly Step[] = [["until", QUESTION], ["wait", 0.5]];

/** What `status --json` says, as far as the model knows it. */
export interface Said {
  readonly enabled: boolean;
  readonly decidedBy: string;
  readonly permission: string | null;
  readonly leavesFrom: string | null;
  readonly heldBy: Readonly<Record<"hour" | "notice" | "licence", number>>;
}

/** What the steps of a machine need that is there for all of them. */
export interface Surroundings {
  readonly here: EndToEnd;
  readonly mounts: Mounts;
  /** A licence that locks telemetry on. */
  readonly licence: string;
}

/** Makes a licence that holds while a test runs. */
export async function lockingLicence(): Promise<string> {
  return await signToken(await issuerKey(), claimsAt(new Date(), { scope: LOCKING_SCOPE }));
}

/** One home. Homes can be used at the same time. */
export class ConsentMachine {
  readonly #at: Surroundings;
  readonly #home: string;
  readonly #project: string;
  readonly #env: Record<string, string> = {};
  /** The step in which each report was recorded. */
  readonly #recorded = new Map<string, number>();
  #arrived = 0;
  #rasaRead: string | null | undefined;
  #rasas = 0;
  #place: Place | undefined;
  #stream: StreamChild | undefined;
  #streamStep = 0;

  constructor(at: Surroundings, name: string) {
    this.#at = at;
    this.#home = `${at.here.home}/${name}`;
    this.#project = `${at.here.project}/${name}`;
  }

  async begin(): Promise<void> {
    await Deno.mkdir(this.#outside(""));
    await Deno.mkdir(this.#project);
  }

  /** Ends a stream that a step has left behind. */
  async end(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    Deno.kill(stream.pid, "SIGKILL");
    await stream.close().catch(() => {});
  }

  /** The steps in which what has left since the last call was recorded. */
  left(): number[] {
    const reports = this.#at.here.collector.reports.slice(this.#arrived);
    this.#arrived += reports.length;
    return reports.flatMap(({ messageId }) => this.#recorded.get(String(messageId)) ?? []);
  }

  /** The steps in which what waits was recorded. */
  async waiting(): Promise<number[]> {
    const names = await waitingIn(this.#outsideQueue()).catch(() => []);
    return names.map((name) => this.#recorded.get(name.slice(16, 52)) ?? NaN);
  }

  async said(): Promise<Said & Record<string, unknown>> {
    const { code, out } = await this.#run(["status", "--json"]);
    if (code !== 0) throw new Error(`status ended with ${code}`);
    return JSON.parse(out);
  }

  /** What `status` says to people, on both streams. */
  async told(): Promise<string> {
    const { out, err } = await this.#run(["status"]);
    return out + err;
  }

  async take(name: StepName | "two at once" | "a stream", step: number): Promise<void> {
    switch (name) {
      case "track":
        return await this.#track(step);
      case "two at once":
        await Promise.all([this.#track(step), this.#track(step + 0.5)]);
        return void await this.#run(["flush"]);
      case "a stream": {
        await this.#remember(step, () => this.#run(["stream"], { stdin: EVENT }));
        return void await this.#run(["flush"]);
      }
      case "begin":
        return await this.#begin(step);
      case "end":
        if (this.#stream !== undefined) Deno.kill(this.#stream.pid, "SIGCONT");
        return await this.#endStream();
      case "tell":
        return void await this.#run(["init"]);
      case "tell on a terminal":
        return await this.#init("\n");
      case "answer yes":
        return await this.#init("y\n");
      case "answer no":
        return await this.#init("n\n");
      case "flush":
      case "enable":
      case "disable":
      case "reset-id":
        return void await this.#run([name]);
      case "enable --local":
        return void await this.#run(["enable", "--local"]);
      case "variable on":
      case "variable off":
        return void (this.#env["RASA_TELEMETRY_ENABLED"] = String(name === "variable on"));
      case "variable unset":
        return void delete this.#env["RASA_TELEMETRY_ENABLED"];
      case "DO_NOT_TRACK":
        return this.#toggleVariable("DO_NOT_TRACK", "1");
      case "licence":
        return this.#toggleVariable("RASA_LICENSE", this.#at.licence);
      case "policy":
        return await toggleFile(`${this.#project}/.rasa-telemetry.yml`);
      case "Rasa says on":
      case "Rasa says off":
        return await this.#say(name === "Rasa says on");
      case "Rasa reads":
        return void (this.#rasaRead = await this.#readConfig() ?? null);
      case "Rasa writes":
        if (this.#rasaRead !== undefined) await this.#writeConfig(this.#rasaRead);
        return;
      case "the file is deleted":
        return await this.#writeConfig(null);
      case "the file breaks":
        return await this.#writeConfig("metrics: [");
      case "another machine":
        return await this.#move();
      case "25 minutes":
      case "61 minutes":
        return await this.#pass(parseInt(name) * MINUTE_MS);
      default:
        throw new Error(`No such step here: ${name}`);
    }
  }

  #outside(path: string): string {
    return this.#at.mounts.outside(`${this.#home}${path}`);
  }

  #outsideQueue(): string {
    return this.#at.mounts.outside(queueOf(this.#home));
  }

  #options(): RunOptions {
    const inProject = (argv: readonly string[]) => ["sh", "-c", 'cd "$0" && exec "$@"', this.#project, ...argv];
    const wrap = (argv: readonly string[]) => this.#at.mounts.wrap(inProject(argv));
    return { ...LONGEST, home: this.#home, env: this.#env, wrap };
  }

  async #run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return await this.#at.here.run(args, { ...this.#options(), ...options });
  }

  async #track(step: number): Promise<void> {
    const { code, out, err } = await this.#run(["track", "Shell Started", "--json"]);
    if (code !== 0) throw new Error(err);
    const { messageId } = JSON.parse(out);
    if (messageId !== null) this.#recorded.set(messageId, step);
  }

  /** Takes what left or waits, and no other step has recorded, for what this one has. */
  async #remember(step: number, work: () => Promise<Ended>): Promise<void> {
    const { code, err } = await work();
    // A bad line is 2.
    if (code !== 0 && code !== 2) throw new Error(err);
    for (const id of await this.#seen()) {
      if (!this.#recorded.has(id)) this.#recorded.set(id, step);
    }
  }

  /** The messageIds of what waits here and of what arrived under this home's ids. */
  async #seen(): Promise<string[]> {
    const waiting = await waitingIn(this.#outsideQueue()).catch(() => []);
    const sent = (await readText(`${this.#outsideQueue()}/sent.log`) ?? "").match(/(?<="messageId":")[0-9a-f-]{36}/g);
    return [...waiting.map((name) => name.slice(16, 52)), ...sent ?? []];
  }

  async #init(answer: string): Promise<void> {
    const { here } = this.#at;
    const argv = this.#options().wrap?.([binaryPath(), "init", "--json"]) ?? [];
    const env = { HOME: this.#home, PATH: Deno.env.get("PATH") ?? "", ...this.#env };
    // Somebody who was asked already, or need not be, sees no question.
    const steps: readonly Step[] = await this.#asks() ? [...ASKED, ["type", answer]] : [];
    const { code, screen } = await runOnTerminal(argv, steps, { cwd: here.project, env });
    if (code !== 0) throw new Error(screen);
  }

  /** Whether `init` on a terminal would ask: whatever was kept says so. */
  async #asks(): Promise<boolean> {
    const { enabled, decidedBy, toldAt } = await this.said();
    if (!enabled || decidedBy !== "default") return false;
    const { place, told } = JSON.parse(await readText(`${this.#outsideQueue()}/consent.json`) ?? "{}");
    const isHere = place !== undefined && JSON.stringify(place) !== JSON.stringify(ELSEWHERE);
    return !(isHere && told?.terminal === true && toldAt !== null);
  }

  #toggleVariable(name: string, value: string): void {
    if (this.#env[name] === undefined) this.#env[name] = value;
    else delete this.#env[name];
  }

  async #readConfig(): Promise<string | undefined> {
    return await readText(this.#outside("/.config/rasa/global.yml"));
  }

  /** Null removes it. */
  async #writeConfig(text: string | null): Promise<void> {
    const path = this.#outside("/.config/rasa/global.yml");
    if (text === null) return await Deno.remove(path).catch(() => {});
    await Deno.mkdir(this.#outside("/.config/rasa"), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  /** As Rasa does: `enabled` alone changes, and where there is nothing a whole section is made. */
  async #say(enabled: boolean): Promise<void> {
    const text = await this.#readConfig();
    const section = /^metrics:$/m.test(text ?? "") && !text?.includes("[");
    const fresh = STORED_ON.replaceAll("2025-05-03", `2025-05-${String(4 + this.#rasas++ % 20).padStart(2, "0")}`);
    await this.#writeConfig((section ? text! : fresh).replace(/enabled: \w+/g, `enabled: ${enabled}`));
  }

  /** What was kept here was kept elsewhere, or what was kept elsewhere comes back. */
  async #move(): Promise<void> {
    const path = `${this.#outsideQueue()}/consent.json`;
    const record = JSON.parse(await readText(path) ?? "null");
    if (record === null) return;
    const isElsewhere = JSON.stringify(record.place) === JSON.stringify(ELSEWHERE);
    if (!isElsewhere) this.#place = record.place;
    const place = isElsewhere ? this.#place : ELSEWHERE;
    await Deno.writeTextFile(path, JSON.stringify({ ...record, place }, null, 2));
  }

  async #pass(milliseconds: number): Promise<void> {
    const rasa = this.#outside("/.config/rasa");
    if (await readText(`${rasa}/telemetry/consent.json`) !== undefined) await letPass(rasa, milliseconds);
  }

  /** Starts a stream, and stops it once it has made a report of what it was given, which it then has in memory. */
  async #begin(step: number): Promise<void> {
    const said = `${this.#project}/stream.err`;
    const { wrap = (argv) => argv, ...options } = this.#options();
    const loud = (argv: readonly string[]) => wrap(["sh", "-c", 'said=$0 && exec "$@" 2>"$said"', said, ...argv]);
    const stream = this.#stream = new StreamChild(this.#at.here, { ...options, wrap: loud });
    this.#streamStep = step;
    // It names the bad line once it has taken the one before, and goes on.
    await stream.write(`${EVENT}{\n`);
    await until("a report in memory", async () => (await readText(said) ?? "") !== "");
    Deno.kill(stream.pid, "SIGSTOP");
  }

  async #endStream(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    await this.#remember(this.#streamStep, () => stream.close());
    await this.#run(["flush"]);
  }
}

async function readText(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

async function toggleFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.writeTextFile(path, "");
  }
}
