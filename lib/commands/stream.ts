import type { BuildConfig } from "../build_config.ts";
import { identify, identifyForDebug } from "../consent/identity.ts";
import { isEffective, mayKeep, readChoice, readPermit } from "../consent/permit.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { gatherContext, type ReportContext } from "../context/context.ts";
import type { Host } from "../host/host.ts";
import { isTooLarge, writeReport } from "../report/written_report.ts";
import { prepareDelivery } from "../sender/server_state.ts";
import { Outbox, type OutboxCounts } from "../sender/memory_queue.ts";
import { findLeakingProxy } from "../sender/proxy.ts";
import { noteDropped } from "../sender/disk_queue/files.ts";
import { readAuthorities, readWriteKey } from "../sender/route.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { type Line, LineSplitter } from "../recording/input/lines.ts";
import { makeReport, passCaller } from "../recording/make_report.ts";
import { sayOverruled } from "../recording/overruled.ts";
import { allows } from "../recording/record.ts";
import { parseStreamLine, type StreamEntry } from "../recording/input/stream_line.ts";
import { readUntilEnd } from "../recording/input/standard_input.ts";

/** How long delivering may take once the input has ended, in seconds, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_S = 10;
/** The same once somebody asked the program to end, in milliseconds: of the two seconds it has, some go into queueing the rest. */
const END_REQUEST_MS = 1_200;
/** How many bad lines are named. The others are counted: nobody reads more, and nobody may be there to read. */
const MAX_NAMED_LINES = 20;

/** What `--json` prints at the end. */
export interface StreamResult extends OutboxCounts {
  /** Lines that became reports. */
  readonly accepted: number;
}

/** `stream` */
export const stream: Command = {
  name: "stream",
  summary: "record events as they come, one JSON object a line",
  description:
    `For a caller that runs for long. Each line of standard input is one object {"event", "properties", "context", "timestamp"}, or
{"traits", "context", "timestamp"}; all but the first may be missing. Reports go from memory to the server in batches, after a
second at the latest. While the server is slower than the caller, standard input is read no further; what can't be delivered is
queued on disk. Ends with standard input, or when the process that started it is gone, and then has the time-out to deliver what
is left; the rest is queued. SIGTERM, SIGINT and SIGHUP leave it two seconds. A line that can't be taken is named on standard
error by its number and skipped; the exit code is then 2. Where telemetry is off, the input is read and thrown away.
--json prints {"accepted", "delivered", "queued", "rejected", "dropped"} at the end.`,
  options: {
    json: { ...JSON_OPTION, help: "print what became of everything on standard output, at the end" },
    timeout: {
      kind: "seconds",
      help: `how long delivering may take at the end (${DEFAULT_TIMEOUT_S} unless given; 0: only queue)`,
    },
  },
  examples: [
    [
      `echo '{"event": "Shell Started", "properties": {"type": "rasa"}}' | rasa-telemetry stream --json`,
      "one event, and what became of it",
    ],
  ],
  async run(host, build, invocation) {
    const timeoutS = invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S;
    const { bad, result } = await record(host, build, timeoutS);
    if (bad > MAX_NAMED_LINES) {
      const more = bad - MAX_NAMED_LINES;
      host.problem(`${more} more ${more === 1 ? "line" : "lines"} could not be taken`);
    }
    if (invocation.switches.has("json")) printJson(host, result);
    return bad > 0 ? ExitCode.Usage : ExitCode.Done;
  },
};

/** What is needed to make reports, found out once, before the environment is given up. */
interface Workshop {
  /** The name of the stored choice when it was opened: storing the machine id may have named it. */
  readonly choice: string | null;
  readonly machine: ReportContext;
  readonly machineId: string | undefined;
  /** Undefined in debug mode, which prints reports instead. */
  readonly outbox: Outbox | undefined;
}

interface Tally {
  accepted: number;
  /** Over the limit of one report. */
  tooLarge: number;
  bad: number;
}

const NOTHING: OutboxCounts = { delivered: 0, queued: 0, rejected: 0, dropped: 0 };

async function record(
  host: Host,
  build: BuildConfig,
  timeoutS: number,
): Promise<{ bad: number; result: StreamResult }> {
  const tally: Tally = { accepted: 0, tooLarge: 0, bad: 0 };
  let workshop: Workshop | undefined;
  // By `host.elapsed()`: when all must be over because somebody asked for it.
  let endBy = Infinity;
  const input = readUntilEnd(host, () => {
    endBy = Math.min(endBy, host.elapsed() + END_REQUEST_MS);
    workshop?.outbox?.hurry(endBy - host.elapsed());
  });
  const consent = await readConsent(host, build);
  if (!isOn(host, build, consent)) {
    // Whoever writes must not be stopped by a pipe that broke or is full.
    for await (const _ of input);
    return { bad: 0, result: { accepted: 0, ...NOTHING } };
  }
  sayOverruled(host, consent);
  // For the rest of the chunk in which the workshop was opened.
  let opening: string | null | undefined;
  const take = async (line: Line, choice: string | null) => {
    const entry = parseStreamLine(line);
    if (typeof entry === "string") {
      if (++tally.bad <= MAX_NAMED_LINES) host.problem(`Cannot take line ${line.number}: ${entry}`);
    } else if (allows(consent, entry.recording.root)) {
      if (workshop === undefined) {
        workshop = await openWorkshop(host, build, consent, timeoutS === 0);
        opening = workshop.choice;
      }
      if (endBy !== Infinity) workshop.outbox?.hurry(endBy - host.elapsed());
      await takeEntry(host, workshop, entry, opening === undefined ? choice : opening, tally);
    }
  };
  const lines = new LineSplitter();
  try {
    for await (const chunk of input) {
      // Asked when it comes: by the time the last of its lines is taken, a no and a new yes may have been stored.
      const choice = readChoice(host, consent);
      for (const line of lines.push(chunk)) await take(line, choice);
      opening = undefined;
    }
    const last = lines.end();
    if (last !== undefined) await take(last, readChoice(host, consent));
  } catch (error) {
    // A fault of the program's own: what it was given until then is queued.
    await workshop?.outbox?.close(0);
    throw error;
  }
  const leftMs = Math.min(timeoutS * 1000, endBy - host.elapsed());
  const counts = await workshop?.outbox?.close(leftMs) ?? NOTHING;
  const rejected = counts.rejected + tally.tooLarge;
  if (consent.home !== undefined) noteDropped(host, consent.home, tally.tooLarge);
  return { bad: tally.bad, result: { accepted: tally.accepted, ...counts, rejected } };
}

/** Whether anything could come of a line. */
function isOn(host: Host, build: BuildConfig, consent: Consent): boolean {
  const debug = isDebug(host);
  if (debug && !consent.enabled) {
    host.problem(`telemetry is off (${consent.decidedBy}): no report is made`);
  }
  if (!consent.enabled || debug) return consent.enabled;
  return readWriteKey(host, build) !== undefined && isEffective(host, consent);
}

/** Done for the first line that asks for a report: without one nothing is found out. */
async function openWorkshop(host: Host, build: BuildConfig, consent: Consent, queueOnly: boolean): Promise<Workshop> {
  const debug = isDebug(host);
  const mustWait = queueOnly || !consent.told || findLeakingProxy(host, build.endpoint) !== undefined;
  if (!debug && !mustWait) prepareDelivery(host, build.endpoint, consent.home);
  const { machineId, choice } = debug ? identifyForDebug(host, consent) : await identify(host, consent);
  const machine = await gatherContext(host, consent.licence);
  if (debug) return { choice, machine, machineId, outbox: undefined };
  const destination = {
    endpoint: build.endpoint,
    writeKey: readWriteKey(host, build) ?? "",
    authorities: readAuthorities(host),
  };
  host.relinquish();
  const outbox = new Outbox(host, {
    home: consent.home,
    destination,
    permit: () => readPermit(host, consent, machineId),
    mayKeep: () => mayKeep(host, consent),
    queueOnly: mustWait,
  });
  return { choice, machine, machineId, outbox };
}

async function takeEntry(
  host: Host,
  workshop: Workshop,
  entry: StreamEntry,
  choice: string | null,
  tally: Tally,
): Promise<void> {
  const { recording } = entry;
  const passed = await passCaller(recording, entry.values, entry.context);
  const timestamp = entry.timestamp ?? host.now();
  const report = writeReport(
    makeReport(host, recording, passed, workshop.machine, workshop.machineId, timestamp),
    { withheld: passed.withheld, withheldUnknown: passed.withheldUnknown },
  );
  tally.accepted++;
  if (workshop.outbox === undefined) host.stdout(report.json + "\n");
  else if (isTooLarge(report)) tally.tooLarge++;
  else await workshop.outbox.add({ choice, report });
}
