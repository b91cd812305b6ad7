import { identify } from "../consent/identity.ts";
import { type Consent, readConsent, readPermit } from "../consent/read_consent.ts";
import type { Host } from "../host/host.ts";
import { deliver, type Delivery } from "../sender/delivery.ts";
import { describeLeakingProxy, findLeakingProxy } from "../sender/proxy.ts";
import { countQueued } from "../sender/queue.ts";
import { readAuthorities, readWriteKey } from "../sender/transport.ts";
import { type Command, ExitCode, JSON_OPTION, printJson } from "./command.ts";
import { sayOverruled } from "./record.ts";

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
  examples: [["rasa-telemetry flush", "deliver what waits"]],
  async run(host, build, invocation) {
    const until = host.elapsed() + (invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S) * 1000;
    const consent = await readConsent(host, build);
    const { home } = consent;
    sayOverruled(host, consent);
    const writeKey = readWriteKey(host, build);
    const say = (delivery: Pick<Delivery, "delivered" | "rejected">, left: number, why: string) => {
      const counts = { delivered: delivery.delivered.size, rejected: delivery.rejected.size, left };
      if (invocation.switches.has("json")) printJson(host, counts);
      host.stderr(`${counts.delivered} delivered, ${counts.rejected} rejected, ${counts.left} left${why}\n`);
    };
    const nothing = { delivered: new Set<string>(), rejected: new Set<string>() };
    const waiting = countQueued(host, home);
    const reason = reasonToHold(consent);
    if (home === undefined || reason !== undefined || waiting === 0) {
      say(nothing, waiting, reason === undefined ? "" : `: ${reason}`);
      return ExitCode.Done;
    }
    if (writeKey === undefined) {
      say(nothing, waiting, ": this build has no write key, and RASA_TELEMETRY_WRITE_KEY is not set");
      return ExitCode.Left;
    }
    const proxy = findLeakingProxy(host, build.endpoint);
    if (proxy !== undefined) {
      say(nothing, waiting, `: ${describeLeakingProxy(proxy)}`);
      return ExitCode.Left;
    }
    const destination = { endpoint: build.endpoint, writeKey, authorities: readAuthorities(host) };
    const { machineId } = await identify(host, consent);
    const permit = () => readPermit(host, consent, machineId);
    const progress = host.terminal.stderr ? (gone: number, left: number) => showProgress(host, gone, left) : () => {};
    host.relinquish();
    const delivery = await deliver(host, { home, destination, permit, until, patient: false, progress });
    const left = countQueued(host, home);
    say(delivery, left, left === 0 ? "" : `: ${ENDINGS[delivery.ended]}`);
    return left === 0 || delivery.ended === "forbidden" ? ExitCode.Done : ExitCode.Left;
  },
};

const ENDINGS: Readonly<Record<Delivery["ended"], string>> = {
  empty: "they came meanwhile",
  busy: "another process is delivering, or the folder can't be locked",
  early: "the server asked to wait; try again in a few minutes",
  failed: "the server can't be reached or can't take them now; rasa-telemetry status says more",
  unwritable: "nothing can be locked or removed in the queue's folder; rasa-telemetry status says where it is",
  timeout: "the time was up; try again, or give --timeout",
  forbidden: "telemetry was switched off meanwhile",
};

/** A bar that is written over itself, for people who wait. */
function showProgress(host: Host, gone: number, left: number): void {
  const width = 30;
  const full = Math.round(width * gone / Math.max(1, gone + left));
  host.stderr(`\r[${"#".repeat(full)}${".".repeat(width - full)}] ${gone} of ${gone + left}${left === 0 ? "\n" : ""}`);
}

function reasonToHold(consent: Consent): string | undefined {
  if (!consent.enabled) return `telemetry is off (${consent.decidedBy})`;
  return consent.told ? undefined : "held until the notice was shown; rasa-telemetry init shows it";
}
