import { readConsent } from "../../lib/consent/consent.ts";
import { outlookOf } from "../../lib/consent/outlook.ts";
import type { PageData, WaitingReport } from "../../lib/page/page_data.ts";
import type { Report } from "../../lib/report/report.ts";
import { NOTHING_WITHHELD } from "../../lib/report/withheld.ts";
import type { DroppedCounts } from "../../lib/sender/disk_queue/files.ts";
import type { SentEntry } from "../../lib/sender/sent_log.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { ASKED, BUILD, MACHINE_ID, QUEUE } from "../support/scenes/scene.ts";

/** A page's data as tests make them, and ways to read the page that comes of them. */

const SAID_YES = await readConsent(new MemoryHost({ files: ASKED }), BUILD);

/** Nothing was dropped. */
export const NONE_DROPPED: DroppedCounts = {
  limits: 0,
  age: 0,
  size: 0,
  unknown: 0,
  untold: 0,
  withdrawn: 0,
  environment: 0,
  disk: 0,
};

/** A machine whose user said yes, and on which nothing has happened yet. */
export const QUIET_MACHINE: PageData = {
  madeAt: NOON,
  version: "1.2.3",
  endpoint: "https://collector.example",
  recipient: "Rasa",
  hasWriteKey: true,
  consent: SAID_YES,
  stored: SAID_YES,
  decision: { enabled: true, decidedBy: "configuration", rule: "stored yes" },
  environment: { enabled: undefined, doNotTrack: "unset" },
  debug: false,
  warnings: [],
  machineId: MACHINE_ID,
  event: undefined,
  fields: [{ field: "userId", value: MACHINE_ID, source: "global.yml", purpose: "counts installations" }],
  waiting: [],
  sent: [],
  sentLog: `${QUEUE}/sent.log`,
  lastDelivery: null,
  dropped: NONE_DROPPED,
  outlook: outlookOf(SAID_YES, 1),
  setAside: 0,
};

/** A report of usual size; its event need not be in the catalogue. */
export function reportOf(event: string, timestamp = "2026-03-01T09:00:00.000Z"): Report {
  return {
    userId: MACHINE_ID,
    event,
    properties: { type: "rasa", assistant_id: "a".repeat(64), metrics_id: MACHINE_ID },
    context: {
      os: { name: "Linux", version: "6.1.0" },
      ci: false,
      project: "b".repeat(64),
      python: "3.11.7",
      rasa_pro: "3.8.0",
      cpu: 8,
      docker: false,
      license_hash: "c".repeat(64),
      company: "Example Ltd",
      gpu: 0,
      cloud: false,
    },
    messageId: "00000000-0000-4000-8000-000000000001",
    timestamp,
  };
}

/** An entry of the sent log: delivered, or rejected for a reason. */
export function entryOf(sentAt: string, event = "Shell Started", reason: string | null = null): SentEntry {
  const outcome = reason === null ? "delivered" : "rejected";
  return {
    sentAt,
    outcome,
    reason,
    endpoint: QUIET_MACHINE.endpoint,
    permission: "asked",
    ...NOTHING_WITHHELD,
    report: reportOf(event, sentAt),
  };
}

/** An entry of a report that no answer came for. */
export function attemptedAt(sentAt: string): SentEntry {
  return { ...entryOf(sentAt), outcome: "attempted", reason: "no answer" };
}

/** A report that waits for the next delivery, and from which nothing was withheld. */
export function waitingOf(event: string, timestamp?: string): WaitingReport {
  return { report: reportOf(event, timestamp), fate: { kind: "leaves" }, ...NOTHING_WITHHELD };
}

/** So many entries, one each so many minutes up to noon, oldest first, of which every tenth was rejected. */
export function entries(count: number, minutes: number): SentEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const moment = new Date(NOON.getTime() - (count - 1 - index) * minutes * 60_000).toISOString();
    return entryOf(
      moment,
      index % 3 === 0 ? "Training Started" : "Shell Started",
      index % 10 === 9 ? "HTTP 400" : null,
    );
  });
}

/** Every tag of a page, as a browser would find them: none of its text, and of its attributes not the values. */
export function tagsOf(page: string): string[] {
  return (withoutCode(page).match(TAG) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

/** What a page says, without its style and script. */
export function textOf(page: string): string {
  const shown = withoutCode(page).replace(/<\/?(?:a|b|bdi|code|i|span|strong|time)(?: (?:"[^"]*"|[^">])*)?>/g, "");
  return decode(shown.replace(TAG, " ")).replace(/\s+/g, " ").trim();
}

/** The values of an attribute all over a page. */
export function valuesOf(page: string, attribute: string): string[] {
  return [...page.matchAll(new RegExp(` ${attribute}="([^"]*)"`, "g"))].map(([, value]) => decode(value ?? ""));
}

/** The rows of the table with this caption, each cell as its text. */
export function rowsOf(page: string, caption: string): string[][] {
  const table = page.split("<table ").find((part) => textOf(`<table ${part}`).startsWith(caption));
  if (table === undefined) throw new Error(`There is no table "${caption}"`);
  const body = /<tbody[^>]*>(.*?)<\/tbody>/s.exec(table)?.[1] ?? "";
  return body.split("<tr ").slice(1).map((row) => row.split(/<t[dh] /).slice(1).map((cell) => textOf(`<td ${cell}`)));
}

function withoutCode(page: string): string {
  return page.replace(/(<(style|script)>).*?(<\/\2>)/gs, "$1$3");
}

const TAG = /<(?:"[^"]*"|[^">])*>/g;

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
