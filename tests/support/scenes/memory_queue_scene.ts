import { type Home, homeAt } from "../../../lib/home.ts";
import type { Report } from "../../../lib/report/report.ts";
import { writeReport } from "../../../lib/report/written_report.ts";
import type { Permit } from "../../../lib/consent/permit.ts";
import { MemoryQueue } from "../../../lib/sender/memory_queue.ts";
import type { Route } from "../../../lib/sender/route.ts";
import { readConsent } from "../../../lib/consent/consent.ts";
import type { Label } from "../../../lib/consent/permission.ts";
import { type Answer, MemoryHost, type MemoryHostOptions, NOON, type SentRequest } from "../machine/memory_host.ts";
import { range } from "../inputs/numbered_events.ts";
import { ASKED, BUILD, EPOCH, MACHINE_ID, QUEUE, queued } from "./scene.ts";
import { TimedHost } from "../machine/timed_host.ts";

/** What tests of a queue need: a home, reports that have numbers, and to see what became of them. */

/** What the route says of the installation that `report` is of. */
export const MAKER = { machineId: undefined, licenceHash: null, company: null, osRelease: "6.1.0" } as const;

/** Where the queue keeps things. */
export const HOME: Home = homeAt("/home/ada/.config/rasa");
/** What holds where the user said yes: everything leaves that was recorded under `LABEL`. */
export const PERMIT: Permit & { kind: "on" } = await permitOf({ files: ASKED });
/** What reports say of their permission, unless told otherwise. */
export const LABEL: Label = { epoch: EPOCH, permission: "asked", notice: 1, at: NOON.getTime() };
/** What one delivery leaves for the next. */
export const STATE = `${QUEUE}/delivery.json`;

/** What holds on a machine like this. */
export async function permitOf(options: MemoryHostOptions): Promise<Permit & { kind: "on" }> {
  return { kind: "on", consent: await readConsent(new MemoryHost(options), BUILD) };
}

/** The counts of a memory queue that was given nothing. */
export const COUNTS = { delivered: 0, queued: 0, rejected: 0, dropped: 0 };

/** What makes a report larger: a property that no report has, or policies, with which it may still come from the disk. */
export interface ReportSize {
  readonly filler?: number;
  readonly policies?: number;
}

/** The size with which 100 reports are a batch. Of smaller ones, two batches are all that the disk takes. */
export const LARGE: ReportSize = { policies: 77 };

/** The report with this number, which is its messageId and a property. */
export function report(number: number, { filler = 0, policies = 0 }: ReportSize = {}): Report {
  return {
    userId: MACHINE_ID,
    event: policies === 0 ? "Model Core Tested" : "Training Started",
    properties: {
      num_story_steps: number,
      ...(filler === 0 ? {} : { filler: "x".repeat(filler) }),
      ...(policies === 0 ? {} : { language: "en", policies: Array(policies).fill(POLICY) }),
      metrics_id: MACHINE_ID,
    },
    context: {
      os: { name: "Linux", version: "6.1.0" },
      ci: false,
      project: null,
      python: null,
      rasa_pro: null,
      cpu: 8,
      docker: false,
      license_hash: null,
      company: null,
      gpu: null,
      cloud: false,
    },
    messageId: messageId(number),
    timestamp: "2026-03-01T12:00:00.000Z",
  };
}

const POLICY = { name: "rasa.core.policies.flow_policy.FlowPolicy" };

function messageId(number: number): string {
  return `10000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** The numbers of the reports in each request, in order. */
export function sent({ requests }: TimedHost): number[][] {
  return requests.map(numbersIn);
}

/** The numbers of the reports in a request. */
export function numbersIn({ body }: SentRequest): number[] {
  const reports: Record<string, unknown>[] = Array.isArray(body["batch"]) ? body["batch"] : [body];
  return reports.map((item) => Number(String(item["messageId"]).slice(-12)));
}

/** A server that sees whether a report is in two requests at the same time. */
export class OpenReports {
  /** The numbers of the reports that were. */
  readonly twice: number[] = [];
  readonly #open = new Set<number>();

  /** Answers a request, which carries its reports until the answer is there. */
  async answer<T>(request: SentRequest, work: () => Promise<T>): Promise<T> {
    const numbers = numbersIn(request);
    this.twice.push(...numbers.filter((number) => this.#open.has(number)));
    for (const number of numbers) this.#open.add(number);
    try {
      return await work();
    } finally {
      for (const number of numbers) this.#open.delete(number);
    }
  }
}

/** The numbers of the reports that wait, oldest first. */
export function waiting(host: TimedHost): number[] {
  return queued(host).map((item) => Number(String(item.report["messageId"]).slice(-12)));
}

/** A queue that may do everything, unless told otherwise. */
export function memoryQueueOf(host: TimedHost, { queueOnly = false, ...route }: QueueOptions = {}): MemoryQueue {
  // Whoever records something has kept a record of consent there.
  host.files.plantFolder(QUEUE);
  return new MemoryQueue(host, routeOf(route), { queueOnly });
}

/** A route by which everything may leave, unless told otherwise. */
export function routeOf(route: Partial<Route> = {}): Route {
  return {
    home: HOME,
    destination: { endpoint: BUILD.endpoint, writeKey: "key", authorities: [] },
    obstacle: undefined,
    permit: () => PERMIT,
    maker: MAKER,
    ...route,
  };
}

/** How a queue differs from one that may do everything. */
export type QueueOptions = Partial<Route> & { readonly queueOnly?: boolean };

/** Brings reports that say this of their permission. */
export async function addAll(
  queue: MemoryQueue,
  numbers: readonly number[],
  { label = {}, ...size }: ReportSize & { readonly label?: Partial<Label> } = {},
): Promise<void> {
  for (const number of numbers) {
    await queue.add({ label: { ...LABEL, ...label }, report: writeReport(report(number, size)) });
  }
}

type Respond = Answer | ((request: SentRequest) => Answer | Promise<Answer>);

/** A memory queue on a machine of its own that was given `count` reports. */
export async function filled(
  count: number,
  respond: Respond,
  order: QueueOptions = {},
): Promise<{ host: TimedHost; queue: MemoryQueue }> {
  const host = new TimedHost({ respond });
  const queue = memoryQueueOf(host, order);
  await host.until(addAll(queue, range(0, count)));
  return { host, queue };
}
