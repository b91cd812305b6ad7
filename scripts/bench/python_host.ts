import { ROOT } from "../toolchain/toolchain.ts";
import type { Place } from "./place.ts";
import { median, quantile } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** How long the servers take to answer, in milliseconds; null: one takes everything and never answers. */
const DELAYS_MS = [0, 50, 200, null] as const;
/** The goal: the largest share of the time that a blocking request takes. */
const SHARE = 0.1;
/** The goal: how much longer an event may take where no answer comes, in milliseconds. */
const UNMOVED_MS = 0.1;
/** How many requests are never answered. Each takes five seconds. */
const UNANSWERED = 2;

/** How often each is measured. */
interface Counts {
  readonly events: number;
  readonly requests: number;
}

interface Held {
  /** In milliseconds. */
  readonly first: number;
  readonly each: readonly number[];
  readonly library: string;
}

/**
 * Measures how long an event holds a Python program, beside one blocking request like those of Rasa's own telemetry.
 */
export async function measurePythonHost(place: Place, python: string, counts: Counts): Promise<Section> {
  const peer = await findRequests(python);
  const rows: Row[] = [];
  let prompt: number | undefined;
  await place.collector.count();
  for (const delayMs of DELAYS_MS) {
    await place.collector.delay(delayMs);
    const server = delayMs === null ? "that never answers" : `${delayMs} ms away`;
    const name = `${peer.way === "requests" ? "requests" : "urllib, in place of requests"}, blocking`;
    const env = { ...await place.home(`host-${delayMs}`), RASA_TELEMETRY_BINARY: place.binary };
    const own = await run(python, ["module", `${ROOT}/python/src`, String(counts.events)], env, place);
    if (delayMs !== null) await requireAll(place, counts.events);
    const trust = { SSL_CERT_FILE: place.authority, REQUESTS_CA_BUNDLE: place.authority };
    const requests = delayMs === null ? UNANSWERED : counts.requests;
    const args = [peer.way, `${place.endpoint}/v1/track`, String(requests)];
    const blocking = await run(peer.python, args, trust, place);
    const [held, other] = [median(own.each), median(blocking.each)];
    const note = peer.way === "requests"
      ? `requests is ${blocking.library}.`
      : "No Python here has requests: not measured.";
    const goal = delayMs === 0 ? {} : { most: SHARE };
    const each = { unit: "ms", what: `each event, server ${server}`, value: held } as const;
    const times = { unit: "ms", beside: name, goal: { compare: "times" } } as const;
    rows.push({ ...each, beside: name, besideValue: other, goal: { compare: "times", ...goal }, note });
    if (delayMs === 50) {
      const [slow, slowOther] = [quantile(own.each, 0.95), quantile(blocking.each, 0.95)];
      rows.push(
        { ...times, what: `95th percentile, server ${server}`, value: slow, besideValue: slowOther },
        { ...times, what: `the first event, server ${server}`, value: own.first, besideValue: blocking.first },
      );
    }
    prompt ??= held;
    if (delayMs === null) {
      const moved: Goal = { compare: "more", most: UNMOVED_MS };
      rows.push({ ...each, beside: "itself, server 0 ms away", besideValue: prompt, goal: moved });
    }
    await place.collector.delay(0);
    await place.collector.count();
  }
  return { title: `How long a Python program is held, ${counts.events} events`, rows };
}

/** Throws where an event was lost. */
async function requireAll(place: Place, count: number): Promise<void> {
  const { distinct } = await place.collector.count();
  if (distinct !== count) {
    throw new Error(`Cannot compare: of ${count} events of the Python module ${distinct} arrived`);
  }
}

async function run(python: string, args: readonly string[], env: Record<string, string>, place: Place): Promise<Held> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [`${ROOT}/scripts/bench/host.py`, ...args],
    cwd: place.project,
    clearEnv: true,
    env: { PYTHONDONTWRITEBYTECODE: "1", PATH: Deno.env.get("PATH") ?? "", ...env },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot measure: host.py failed:\n${new TextDecoder().decode(stderr)}`);
  const { first, each, library }: Held = JSON.parse(new TextDecoder().decode(stdout));
  return { first: first / 1000, each: each.map((time) => time / 1000), library };
}

/** A Python that has `requests`, the system's first; where none has it, `urllib` takes its place. */
async function findRequests(python: string): Promise<{ python: string; way: "requests" | "urllib" }> {
  for (const candidate of ["/usr/bin/python3", python]) {
    try {
      const { success } = await new Deno.Command(candidate, { args: ["-c", "import requests"], stderr: "null" })
        .output();
      if (success) return { python: candidate, way: "requests" };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { python, way: "urllib" };
}
