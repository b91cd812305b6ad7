import type { BuildConfig } from "../build_config.ts";
import { decideByEnvironment } from "../consent/rules.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import { fateNow, outlookOf } from "../consent/outlook.ts";
import { knownMachineId } from "../consent/identity.ts";
import { readDecision } from "../consent/effective.ts";
import { type Consent, isDebug } from "../consent/consent.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { buildPage } from "./page.ts";
import type { EnvironmentWord, PageData, WaitingReport } from "./page_data.ts";
import type { Report } from "../report/report.ts";
import { survey } from "../sender/survey.ts";
import { peekQueued } from "../sender/disk_queue/content.ts";
import { countDropped, countSetAside, listQueue } from "../sender/disk_queue/files.ts";
import { readSentLogWhole, type WholeLog } from "../sender/sent_log.ts";
import { writeDocument } from "../cli/document.ts";
import { describeUnreadable } from "../sender/log_faults.ts";
import { warningsOf } from "../sender/warnings.ts";
import { readWriteKey } from "../sender/write_key.ts";

const NO_LOG: WholeLog = { entries: [], unreadable: 0 };

/**
 * What `inspect` has found out already: consent, the event that it was asked about, and the fields of that event's
 * report.
 */
type Inspected = Pick<PageData, "consent" | "stored" | "event" | "fields">;

/** Writes the page that shows everything to a new file, or prints it. Throws `UsageError` where that fails. */
export async function writePage(
  host: Host,
  build: BuildConfig,
  inspected: Inspected,
  file: string,
): Promise<void> {
  const page = await buildPage(await readPageData(host, build, inspected));
  writeDocument(host, { what: "the page", path: file, text: page });
}

async function readPageData(host: Host, build: BuildConfig, inspected: Inspected): Promise<PageData> {
  const { consent, stored } = inspected;
  const { home } = consent;
  const found = await survey(host, consent);
  const decision = readDecision(host, consent);
  const { entries, unreadable } = home === undefined ? NO_LOG : readSentLogWhole(host, home);
  return {
    ...inspected,
    madeAt: host.now(),
    version: build.version,
    endpoint: build.endpoint,
    recipient: build.recipient,
    hasWriteKey: readWriteKey(host, build) !== undefined,
    decision,
    environment: readEnvironment(host),
    debug: isDebug(host),
    warnings: [...warningsOf(host, build, consent, found), ...describeUnreadable(unreadable)],
    machineId: knownMachineId(host, stored),
    waiting: home === undefined ? [] : readWaiting(host, home, stored),
    sent: entries,
    sentLog: home === undefined ? undefined : home.sentLog,
    lastDelivery: found.server.last,
    dropped: countDropped(host, home),
    outlook: outlookOf({ ...consent, ...decision }, NOTICE_NUMBER),
    setAside: home === undefined ? 0 : countSetAside(host, home),
  };
}

/** What each variable would decide on its own. */
function readEnvironment(host: Host): EnvironmentWord {
  const [enabledVariable, doNotTrack] = [host.env("RASA_TELEMETRY_ENABLED"), host.env("DO_NOT_TRACK")];
  const enabled = decideByEnvironment({ locked: false, enabledVariable, doNotTrack: undefined })?.enabled;
  const off = decideByEnvironment({ locked: false, enabledVariable: undefined, doNotTrack }) !== undefined;
  return { enabled, doNotTrack: doNotTrack === undefined ? "unset" : off ? "off" : "nothing" };
}

/** The reports that wait, oldest first; undefined for a file that isn't one. This only looks: nothing is set aside. */
function readWaiting(host: Host, home: Home, stored: Consent): (WaitingReport | undefined)[] {
  return orElse(() => listQueue(host, home), []).flatMap((file) => {
    const queued = peekQueued(host, file);
    if (queued === "broken") return [undefined];
    // It was delivered while this looked, or a delivery passes it by, which a warning says.
    if (typeof queued === "string") return [];
    // The queue took this text for a report's.
    const fate = fateNow(queued.report.kind, queued.label, stored);
    return [{ report: JSON.parse(queued.report.json) as Report, fate, ...queued.report.withheld }];
  });
}
