import { readConsent } from "../consent/consent.ts";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { TRAITS_NAME } from "../report/catalogue.ts";
import { nameOf } from "../report/report.ts";
import { sumOfWithheld } from "../report/withheld.ts";
import { describeLogFaults } from "../sender/log_faults.ts";
import { describeGaps } from "../sender/lost_requests.ts";
import { clearLocalLog, type LocalEntry, readLocalLog } from "../sender/local_log.ts";
import { clearSentLog, readSentLogWhole, type SentEntry, SentLogTail, type WholeLog } from "../sender/sent_log.ts";
import { quote } from "../cli/arguments.ts";
import { type Command, EXACT_OPTION, type Invocation, printJson, UsageError } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { findRule, RULE_NAMES } from "../cli/event_names.ts";
import { describeSummary, summarise } from "../sender/sent_summary.ts";
import { parseMoment } from "../cli/moment.ts";
import { nearest } from "../cli/suggest.ts";
import { printable, safeJson } from "../terminal/printable.ts";
import { table } from "../terminal/table.ts";
import { paintFor } from "../terminal/paint.ts";
import { countInWords, momentsFor } from "../terminal/words.ts";

const DEFAULT_LAST = 20;
/** How often `--follow` reads the log, in milliseconds. */
const FOLLOW_EVERY_MS = 500;
const CLEAR = "clear";

/** `log` */
export const log: Command = {
  name: "log",
  summary: "show what left this machine, or clear that log",
  description:
    `The log lists every report that left this machine, or may have, newest last: delivered (the server took it),
rejected (it refused it for good) or attempted (no answer said either; the report goes again while it may). With --json
each line is a JSON object with the whole report, exactly as it left: {"sentAt", "outcome", "reason", "endpoint",
"permission", "withheld", "withheldUnknown", "report"}. sentAt is when the server's answer came, or nobody waited for it
any more. endpoint is where it went, and permission under what it was recorded. withheld and withheldUnknown say what
was withheld, as they do in "track --json". Each report is listed once, as it ended last, or once for each machine id
that it carried; with --follow it comes again when it ends otherwise. The log holds the last one to two MiB. It lacks
what was sent while nothing could be kept on this machine. A request that was under way when its process was killed is
named beside it. A power cut may cost its last seconds.

--summary draws how many reports left by event and by day, and names where they went, under what they were recorded
and what was withheld. With --json it prints {"delivered", "rejected", "attempted", "from", "to", "endpoints",
"permissions", "events", "days", "withheld": {"reports", "properties", "unknown"}}. --follow runs until you end it
(Ctrl-C). "log clear" deletes the log without asking, and leaves waiting reports alone; with --json it prints
{"deleted"}.

--local shows, or clears, the log of what was recorded under "enable --local" and never sent; with --json each line is
{"recordedAt", "withheld", "withheldUnknown", "report"}.`,
  operand: { name: CLEAR, required: false, values: [CLEAR] },
  options: {
    json: { kind: "switch", help: "print whole reports, one JSON object a line" },
    last: { kind: "count", help: `how many to show (default: ${DEFAULT_LAST}, or all with --summary; 0: all)` },
    event: { kind: "text", value: "EVENT", values: RULE_NAMES, help: `only this event ("${TRAITS_NAME}": the traits)` },
    since: {
      kind: "moment",
      help: "only what left since a day (2026-03-01), since a moment (2026-03-01T12:00Z) or within a span (12h, 7d)",
    },
    summary: { kind: "switch", help: "count by event and by day" },
    follow: { kind: "switch", help: "keep running, and show each report as it leaves" },
    local: { kind: "switch", help: "show what enable --local has kept on this machine instead" },
    exact: EXACT_OPTION,
  },
  examples: [
    ["rasa-telemetry log --last 5", "the last five reports"],
    [`rasa-telemetry log --event "Training Started" --since 7d`, "one event, within the last week"],
    ["rasa-telemetry log --summary", "a chart by event and by day"],
    ["rasa-telemetry log --json --last 0", "all reports, whole"],
    ["rasa-telemetry log --follow", "watch while Rasa runs"],
    ["rasa-telemetry log clear", "delete the log"],
  ],
  async run(host, build, invocation) {
    requireSense(invocation);
    const select = selectionOf(host, invocation);
    const { home } = await readConsent(host, build);
    if (invocation.switches.has("local")) return showLocal(host, home, invocation, select);
    const { entries, unreadable }: WholeLog = home === undefined
      ? { entries: [], unreadable: 0 }
      : readSentLogWhole(host, home);
    if (invocation.operand === CLEAR) {
      const held = entries.length;
      const isThere = held + unreadable > 0 || (home !== undefined && describeLogFaults(host, home).length > 0);
      clear(host, home && { path: home.sentLog, older: home.olderSentLog }, invocation, isThere, () => {
        if (home !== undefined) clearSentLog(host, home);
        return held;
      });
      return ExitCode.Done;
    }
    const faults = home === undefined ? [] : describeGaps(host, home, unreadable);
    for (const fault of faults) host.problem(printable(fault));
    if (invocation.switches.has("follow")) await follow(host, home, invocation, select);
    else {
      const chosen = lastOf(select(entries), invocation);
      const isEmpty = chosen.length === 0 && faults.length === 0;
      if (isEmpty && !invocation.switches.has("json")) host.say(home === undefined ? NO_LOG : emptyInWords(entries));
      if (invocation.switches.has("summary")) showSummary(host, chosen, invocation);
      else show(host, chosen, invocation);
    }
    return ExitCode.Done;
  },
};

/** An entry of either log. */
type Entry = SentEntry | LocalEntry;

type Selection = <Kind extends Entry>(entries: readonly Kind[]) => Kind[];

/** Shows what local mode has kept, or deletes it. */
function showLocal(host: Host, home: Home | undefined, invocation: Invocation, select: Selection): ExitCode {
  const entries = home === undefined ? [] : readLocalLog(host, home);
  if (invocation.operand === CLEAR) {
    clear(host, home && { path: home.localLog, older: home.olderLocalLog }, invocation, entries.length > 0, () => {
      if (home !== undefined) clearLocalLog(host, home);
      return entries.length;
    });
    return ExitCode.Done;
  }
  const chosen = lastOf(select(entries), invocation);
  if (chosen.length > 0) show(host, chosen, invocation);
  else if (!invocation.switches.has("json")) {
    host.say(
      entries.length > 0 ? NO_MATCH : "The log of local mode is empty; rasa-telemetry enable --local begins it.\n",
    );
  }
  return ExitCode.Done;
}

/** When an entry is of. */
function momentOf(entry: Entry): string {
  return "sentAt" in entry ? entry.sentAt : entry.recordedAt;
}

/** Throws `UsageError` where options contradict each other. */
function requireSense({ operand, switches, numbers, texts }: Invocation): void {
  const fail = (problem: string): never => {
    throw new UsageError(`Cannot run "log": ${problem}; see rasa-telemetry log --help`);
  };
  if (operand !== undefined && operand !== CLEAR) {
    const way = nearest(operand, [CLEAR]) === undefined ? "" : `; the nearest is "${CLEAR}"`;
    fail(`no such operand ${quote(operand)}${way}`);
  }
  const views = ["summary", "follow", "local"].filter((name) => switches.has(name));
  if (views.length > 1) fail(`--${views[0]} and --${views[1]} can't be combined`);
  const plain = ["json", "quiet", "local"];
  const others = [...switches, ...numbers.keys(), ...texts.keys()].filter((name) => !plain.includes(name));
  if (operand === CLEAR && others.length > 0) fail(`${CLEAR} deletes everything, so it takes no --${others[0]}`);
}

/** Selects entries by the options --event and --since. Throws `UsageError` where there is no such event. */
function selectionOf(host: Host, { texts }: Invocation): Selection {
  const event = texts.get("event");
  const name = event === undefined ? undefined : findRule(event, "show").name;
  const since = parseMoment(texts.get("since") ?? "", host.now());
  return (entries) =>
    entries.filter((entry) =>
      (name === undefined || nameOf(entry.report) === name) &&
      (since === undefined || Date.parse(momentOf(entry)) >= since)
    );
}

function lastOf<Kind extends Entry>(entries: Kind[], { numbers, switches }: Invocation): Kind[] {
  const last = numbers.get("last") ?? (switches.has("summary") ? 0 : DEFAULT_LAST);
  return last === 0 ? entries : entries.slice(-last);
}

/** Writes entries. Returns whether somebody still reads them. */
function show(host: Host, entries: readonly Entry[], invocation: Invocation): boolean {
  if (entries.length === 0) return true;
  if (invocation.switches.has("json")) {
    return host.stdout(entries.map((entry) => safeJson(entry) + "\n").join(""));
  }
  const paint = paintFor(host);
  // Followed entries stay on the screen, where "just now" would soon be wrong.
  const inWords = invocation.switches.has("follow") ? printable : momentsFor(host, invocation.switches.has("exact"));
  const rows = entries.map((entry) => {
    const [outcome, why] = outcomeInWords(entry);
    const text = nameOf(entry.report) + why + withheldInWords(entry);
    // Outcomes are padded by hand, so that entries that are followed one by one stay aligned.
    return [inWords(momentOf(entry)), outcome.padEnd("delivered".length), printable(text)];
  });
  const byOutcome = (text: string) => text.startsWith("delivered") ? paint.good(text) : paint.warning(text);
  return host.stdout(table(rows, paint.width, [paint.dim, byOutcome]));
}

/** What became of a report, and why behind its name. */
function outcomeInWords(entry: Entry): [outcome: string, why: string] {
  if (!("outcome" in entry)) return ["kept here", ""];
  return [entry.outcome, entry.outcome === "delivered" ? "" : `: ${entry.reason ?? "no reason given"}`];
}

function showSummary(host: Host, entries: readonly SentEntry[], invocation: Invocation): void {
  if (invocation.switches.has("json")) printJson(host, summarise(entries));
  else host.stdout(describeSummary(entries, paintFor(host), momentsFor(host, invocation.switches.has("exact"))));
}

/** Shows the entries that exist and those that follow, until somebody ends the program or nobody reads its output. */
async function follow(host: Host, home: Home | undefined, invocation: Invocation, select: Selection): Promise<void> {
  const end = new AbortController();
  host.onEndRequest(() => end.abort());
  if (home === undefined) return void host.say(NO_LOG);
  const tail = new SentLogTail(host, home);
  if (host.terminal.stdout) host.say("Showing each report as it leaves; press Ctrl-C to end.\n");
  let read = show(host, lastOf(select(tail.read()), invocation), invocation);
  while (read && !end.signal.aborted) {
    await host.sleep(FOLLOW_EVERY_MS, end.signal);
    read = show(host, select(tail.read()), invocation);
  }
}

/** Deletes a log by `remove`, which returns how many reports it held. `isThere`: whether anything is to be deleted. */
function clear(
  host: Host,
  files: { readonly path: string; readonly older: string } | undefined,
  invocation: Invocation,
  isThere: boolean,
  remove: () => number,
): void {
  let deleted: number;
  try {
    deleted = remove();
  } catch (error) {
    if (!(error instanceof FileFault) || files === undefined) throw error;
    const way = `delete it and ${files.older} by hand`;
    throw new UsageError(`Cannot delete ${files.path}: ${error.code}; ${way}`, { cause: error });
  }
  if (invocation.switches.has("json")) printJson(host, { deleted });
  host.say(isThere ? `The log is deleted; it held ${countInWords(deleted, "report")}.\n` : "The log was empty.\n");
}

const NO_LOG =
  "There is no log: no home folder is known to keep one in. What leaves because the environment says on isn't noted.\n";
const NO_MATCH = "No entry of the log matches; rasa-telemetry log --last 0 shows all of them.\n";

function emptyInWords(entries: readonly SentEntry[]): string {
  return entries.length > 0
    ? NO_MATCH
    : "The log is empty: nothing has left this machine that could be noted, or nothing since it was cleared.\n";
}

/** How much was withheld. --summary and --json name it. */
function withheldInWords(entry: Entry): string {
  const count = sumOfWithheld(entry);
  return count === 0 ? "" : ` (${count} withheld)`;
}
