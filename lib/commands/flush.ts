import { type Command, type Invocation, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { needOf } from "../consent/keep.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { readFleetId } from "../machine_id.ts";
import type { Report } from "../report/report.ts";
import { sayOverruled } from "../recording/overruled.ts";
import { admit, BATCH_LIMITS } from "../sender/attempt.ts";
import { peekQueued } from "../sender/disk_queue/content.ts";
import { describePassedBy } from "../sender/disk_queue/passed_by.ts";
import {
  countDropped,
  countQueued,
  type DroppedCounts,
  droppedInWords,
  droppedSince,
  listQueue,
  sumOfDropped,
} from "../sender/disk_queue/files.ts";
import { type FlushEnd, flushQueue } from "../sender/flush_queue.ts";
import { describeProxyObstacle, describeProxyRefusal, proxyInUse } from "../sender/proxy.ts";
import { heldInWords } from "../sender/held.ts";
import { countHeld } from "../sender/keep_reports.ts";
import { readServerState } from "../sender/server_state.ts";
import { findObstacle, makerOf, type Obstacle, openRoute, warmUp } from "../sender/route.ts";
import { type QueueSurvey, surveyQueue } from "../sender/survey.ts";
import { keepAndSweep } from "../sender/sweep.ts";
import { safeJson } from "../terminal/printable.ts";
import { clockTime } from "../terminal/clock_time.ts";
import { progressFor } from "../terminal/progress.ts";

const DEFAULT_TIMEOUT_S = 60;

/** `flush` */
export const flush: Command = {
  name: "flush",
  summary: "deliver what waits",
  description:
    `Ends with exit code 4 where reports are still waiting that should have left. The back-off after a failure doesn't
count here; a wait that the server asked for does. Reports that may not leave yet stay held, and it says until
when. What never may, such as what was recorded under RASA_TELEMETRY_ENABLED where that doesn't say on here, is
deleted, and it says so. In debug mode it prints what it would send, and sends nothing. --json prints
{"delivered", "rejected", "left"}, in debug mode with "reports".`,
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
    const before = await readConsent(host, build);
    sayOverruled(host, before);
    if (isDebug(host)) return printWaiting(host, invocation, before);
    // The id is missing where a process died between the notice and its end.
    const need = before.enabled && before.file?.kind === "record" ? needOf(before) : "nothing new";
    const droppedBefore = countDropped(host, before.home);
    const { consent } = await keepAndSweep(host, before, need);
    const { home } = consent;
    const waiting = countQueued(host, home);
    const dropped = () => droppedSince(droppedBefore, countDropped(host, home));
    const nothing = () => ({ delivered: 0, rejected: 0, dropped: dropped(), left: waiting });
    if (!consent.enabled || consent.decidedBy === "local") {
      return end(host, invocation, nothing(), `nothing is sent (${consent.decidedBy})`, ExitCode.Done);
    }
    if (home === undefined || waiting === 0) return end(host, invocation, nothing(), undefined, ExitCode.Done);
    const obstacle = findObstacle(host, build);
    if (obstacle !== undefined) return end(host, invocation, nothing(), describeObstacle(obstacle), ExitCode.Left);
    if (countHeld(host, consent) === waiting) {
      return end(
        host,
        invocation,
        nothing(),
        describeHeld(host, consent, await surveyQueue(host, consent)),
        ExitCode.Done,
      );
    }
    // Asked now: with the route, the right to read variables is given up.
    const proxy = proxyInUse(host, build.endpoint);
    warmUp(host, build.endpoint, home, false);
    const progress = progressFor(host);
    if (waiting > BATCH_LIMITS.reports) progress.step(0, waiting);
    const route = openRoute(host, build, consent, obstacle, readFleetId(host));
    const flushed = await flushQueue(host, home, route, { until, backOff: false, onProgress: progress.step });
    progress.end();
    const left = countQueued(host, home);
    const { delivered, rejected } = flushed;
    const counts = { delivered: delivered.size, rejected: rejected.size, dropped: dropped(), left };
    const refusal = describeProxyRefusal(proxy, build.endpoint, readServerState(host, home).last);
    const { why, isDone } = await whyLeft(host, consent, flushed.ended, left, refusal);
    return end(host, invocation, counts, why, isDone ? ExitCode.Done : ExitCode.Left);
  },
};

/** Why reports are left, and whether that is as it should be. */
async function whyLeft(
  host: Host,
  consent: Consent,
  ended: FlushEnd,
  left: number,
  refusal: string | undefined,
): Promise<{ readonly why: string | undefined; readonly isDone: boolean }> {
  if (left === 0) return { why: undefined, isDone: true };
  const found = await surveyQueue(host, consent);
  const { newer, foreign, unreadable } = found.passedBy;
  const isEmpty = ended === "empty" && newer + foreign + unreadable === left;
  const ending = () => {
    if (ended === "held") return describeHeld(host, consent, found);
    return ended === "failed" && refusal !== undefined ? refusal : ENDINGS[ended];
  };
  const reasons = isEmpty ? [] : [ending()];
  const isDone = unreadable === 0 && (isEmpty || ended === "forbidden" || ended === "held");
  return { why: [...reasons, ...describePassedBy(found.passedBy)].join("; "), isDone };
}

/** In debug mode: prints what waits and could leave, one report a line or in the document, and sends nothing. */
function printWaiting(host: Host, invocation: Invocation, consent: Consent): ExitCode {
  const { home } = consent;
  const maker = makerOf(host, consent, readFleetId(host));
  const files = home === undefined || !consent.enabled ? [] : orElse(() => listQueue(host, home), []);
  const reports = files.flatMap((file) => {
    const queued = peekQueued(host, file);
    if (typeof queued === "string") return [];
    const outgoing = admit(queued, { kind: "on", consent }, { maker });
    // The text is one that this program has made of a report.
    return typeof outgoing === "object" ? [JSON.parse(outgoing.report.json) as Report] : [];
  });
  if (!invocation.switches.has("json")) host.stdout(reports.map((report) => `${safeJson(report)}\n`).join(""));
  const counts = { delivered: 0, rejected: 0, dropped: undefined, left: countQueued(host, home), reports };
  return end(host, invocation, counts, "debug mode sends nothing", ExitCode.Done);
}

/** Until when what waits is held. */
function describeHeld(host: Host, consent: Consent, { heldBy }: QueueSurvey): string {
  const held = `held ${heldInWords(heldBy, consent, (moment) => clockTime(moment, host.now()))}`;
  return heldBy.notice === 0 ? held : `${held}; rasa-telemetry init shows it`;
}

/** What became of what waited. */
interface FlushCounts {
  readonly delivered: number;
  readonly rejected: number;
  /** What was deleted unsent; undefined where nothing was looked at for that. */
  readonly dropped: DroppedCounts | undefined;
  readonly left: number;
  /** In debug mode what could leave, exactly as it would; elsewhere missing. */
  readonly reports?: readonly Report[];
}

/** Says what became of everything, and why something is left where it is. */
function end(
  host: Host,
  invocation: Invocation,
  counts: FlushCounts,
  why: string | undefined,
  code: ExitCode,
): ExitCode {
  const { dropped, ...printed } = counts;
  if (invocation.switches.has("json")) printJson(host, printed);
  const { delivered, rejected, left } = printed;
  const sum = dropped === undefined ? 0 : sumOfDropped(dropped);
  const deleted = dropped === undefined || sum === 0 ? "" : `; deleted: ${droppedInWords(dropped)}`;
  const reason = why === undefined ? "" : `: ${why}`;
  const text = `${delivered} delivered, ${rejected} rejected, ${left} left${reason}${deleted}`;
  if (host.quiet && code !== ExitCode.Done) host.problem(text);
  else host.say(`${text}\n`);
  return code;
}

/** Why something is left; `describeHeld` says it of what is held. */
const ENDINGS: Readonly<Record<Exclude<FlushEnd, "held">, string>> = {
  unclear: "global.yml is being changed, or can't be understood just now; rasa-telemetry status says more",
  empty: "they arrived while this ran, and are still queued",
  busy: "another process is delivering, or the folder can't be locked; try again in a moment",
  early: "the server asked to wait; try again in a few minutes",
  refused: "something between here and the server refuses them; rasa-telemetry log says how",
  failed: "the server can't be reached or can't take them just now; rasa-telemetry status says more",
  unwritable: "nothing can be locked or removed in the queue's folder; rasa-telemetry status says where it is",
  timeout: "time was up; try again, or give --timeout",
  forbidden: "telemetry was switched off while this ran",
};

function describeObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "no write key":
      return "this build has no write key; set RASA_TELEMETRY_WRITE_KEY";
    case "proxy":
      return describeProxyObstacle(obstacle);
  }
}
