import { identify } from "../consent/identity.ts";
import { readPermit } from "../consent/permit.ts";
import { type Consent, readConsent } from "../consent/consent.ts";
import { BATCH_LIMITS } from "../sender/batch.ts";
import { deliver, type Delivery } from "../sender/flush_queue.ts";
import { prepareDelivery } from "../sender/server_state.ts";
import { describeLeakingProxy, findLeakingProxy } from "../sender/proxy.ts";
import { countQueued } from "../sender/disk_queue/files.ts";
import { readAuthorities, readWriteKey } from "../sender/route.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { progressFor } from "../terminal/progress.ts";
import { sayOverruled } from "../recording/overruled.ts";

const DEFAULT_TIMEOUT_S = 60;

/** `flush` */
export const flush: Command = {
  name: "flush",
  summary: "deliver what waits",
  description:
    `Ends with exit code 4 where something is left that should have gone. Our own back-off after a failure doesn't count here,
a wait that the server asked for does. What is held because the user hasn't been told yet stays held.
--json prints {"delivered", "rejected", "left"}.`,
  options: {
    json: JSON_OPTION,
    timeout: { kind: "seconds", help: `how long it may take (${DEFAULT_TIMEOUT_S} unless given)` },
  },
  examples: [
    ["rasa-telemetry flush", "deliver what waits"],
    ["rasa-telemetry flush --quiet --timeout 5", "before a container ends"],
  ],
  async run(host, build, invocation) {
    const until = host.elapsed() + (invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S) * 1000;
    const consent = await readConsent(host, build);
    const { home } = consent;
    sayOverruled(host, consent);
    const writeKey = readWriteKey(host, build);
    const end = (delivery: Pick<Delivery, "delivered" | "rejected">, left: number, why: string, code: ExitCode) => {
      const counts = { delivered: delivery.delivered.size, rejected: delivery.rejected.size, left };
      if (invocation.switches.has("json")) printJson(host, counts);
      // With --quiet only what is wrong is said, and marked as such.
      const text = `${counts.delivered} delivered, ${counts.rejected} rejected, ${left} left${why}`;
      if (host.quiet && code !== ExitCode.Done) host.problem(text);
      else host.say(`${text}\n`);
      return code;
    };
    const nothing = { delivered: new Set<string>(), rejected: new Set<string>() };
    const waiting = countQueued(host, home);
    const reason = reasonToHold(consent);
    if (home === undefined || reason !== undefined || waiting === 0) {
      return end(nothing, waiting, reason === undefined ? "" : `: ${reason}`, ExitCode.Done);
    }
    if (writeKey === undefined) {
      const why = ": this build has no write key; set RASA_TELEMETRY_WRITE_KEY";
      return end(nothing, waiting, why, ExitCode.Left);
    }
    const proxy = findLeakingProxy(host, build.endpoint);
    if (proxy !== undefined) return end(nothing, waiting, `: ${describeLeakingProxy(proxy)}`, ExitCode.Left);
    const destination = { endpoint: build.endpoint, writeKey, authorities: readAuthorities(host) };
    prepareDelivery(host, build.endpoint, home, false);
    const { machineId } = await identify(host, consent);
    const permit = () => readPermit(host, consent, machineId);
    const progress = progressFor(host);
    if (waiting > BATCH_LIMITS.reports) progress.step(0, waiting);
    host.relinquish();
    const delivery = await deliver(host, { home, destination, permit, until, patient: false, progress: progress.step });
    progress.end();
    const left = countQueued(host, home);
    const done = left === 0 || delivery.ended === "forbidden";
    const why = left === 0 ? "" : `: ${ENDINGS[delivery.ended]}`;
    return end(delivery, left, why, done ? ExitCode.Done : ExitCode.Left);
  },
};

const ENDINGS: Readonly<Record<Delivery["ended"], string>> = {
  empty: "they came meanwhile",
  busy: "another process is delivering, or the folder can't be locked; try again in a moment",
  early: "the server asked to wait; try again in a few minutes",
  failed: "the server can't be reached or can't take them now; rasa-telemetry status says more",
  unwritable: "nothing can be locked or removed in the queue's folder; rasa-telemetry status says where it is",
  timeout: "the time was up; try again, or give --timeout",
  forbidden: "telemetry was switched off meanwhile",
};

function reasonToHold(consent: Consent): string | undefined {
  if (!consent.enabled) return `telemetry is off (${consent.decidedBy})`;
  return consent.told ? undefined : "held until the notice was shown; rasa-telemetry init shows it";
}
