import type { BuildConfig } from "../build_config.ts";
import { type Consent, isDebug } from "../consent/consent.ts";
import { knownMachineId, machineIdForDebug, unkeptMachineId } from "../consent/identity.ts";
import { needOf } from "../consent/keep.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import { labelNow, outlookOf } from "../consent/outlook.ts";
import type { Label } from "../consent/permission.ts";
import type { Permit } from "../consent/permit.ts";
import { gatherContext, type ReportContext } from "../context/context.ts";
import type { Host } from "../host/host.ts";
import { isAnnounced } from "../report/announced.ts";
import { type CallerInput, type Recording, redactCaller } from "../report/caller_input.ts";
import { buildReport } from "../report/report.ts";
import { isTooLarge, writeReport } from "../report/written_report.ts";
import { noteDropped } from "../sender/disk_queue/files.ts";
import { readFleetId } from "../machine_id.ts";
import { type Soon, whenThere } from "../soon.ts";
import { findObstacle, type Obstacle, openRoute, type Route, warmUp, watchPermit } from "../sender/route.ts";
import { keepAndSweep } from "../sender/sweep.ts";
import type { Keeper } from "./keeper.ts";
import { localKeeper } from "./local_keeper.ts";
import type { RecordResult } from "./outcome.ts";

/** What a caller asks to record. */
export interface Entry {
  readonly recording: Recording;
  /** Properties or traits, as the caller gave them. */
  readonly values: unknown;
  readonly context: unknown;
  /** When it happened, as `Date.toISOString` writes it; now, unless given. */
  readonly timestamp?: string | undefined;
}

/** What every report of this process has in common. Found out for the first one, and not before. */
interface Origin {
  /** Undefined while there is none: nobody was told yet. */
  readonly machineId: string | undefined;
  readonly machine: ReportContext;
  /** Undefined in debug mode, which prints reports instead. */
  readonly route: Route | undefined;
}

/**
 * The one way of every report, for a process in which telemetry is on: redaction, context, report, and then the keeper,
 * which queues and delivers.
 */
export class Recorder {
  readonly #host: Host;
  readonly #build: BuildConfig;
  readonly #openKeeper: (route: Route) => Keeper;
  readonly #debug: boolean;
  readonly #obstacle: Obstacle | undefined;
  readonly #permit: () => Permit;
  #consent: Consent;
  #isWarm = false;
  #origin: Origin | undefined;
  /** For what may leave; opened for the first such report. */
  #keeper: Keeper | undefined;
  /** Whether the record is to be kept before the next report is made: somebody may have deleted it. */
  #lacksRecord = false;

  /** `sends` is whether a request may be made. `openKeeper` is called once, for the first report that is to be kept. */
  constructor(
    host: Host,
    build: BuildConfig,
    consent: Consent,
    sends: boolean,
    openKeeper: (route: Route) => Keeper,
  ) {
    this.#host = host;
    this.#build = build;
    this.#consent = consent;
    this.#permit = watchPermit(host, consent);
    this.#openKeeper = openKeeper;
    this.#debug = isDebug(host);
    this.#obstacle = findObstacle(host, build);
    const { leavesFrom } = outlookOf(consent, NOTICE_NUMBER);
    const leavesNow = leavesFrom !== null && leavesFrom <= host.now();
    this.#isWarm = !sends || this.#debug || this.#obstacle !== undefined || !leavesNow;
  }

  /** Whether something could come of a report: it is printed, kept here for good, or there is a key to send it. */
  get isUseful(): boolean {
    return this.#debug || this.#isLocal || this.#obstacle?.kind !== "no write key";
  }

  /** Begins what the first request would wait for, where one may be made. The first report does so by itself. */
  warmUp(): void {
    if (!this.#isWarm) warmUp(this.#host, this.#build.endpoint, this.#consent.home);
    this.#isWarm = true;
  }

  /**
   * Looks at consent again, for a process that outlives a choice: what follows is recorded under what holds now.
   * Returns whether telemetry is still on.
   */
  lookAgain(): boolean {
    if (this.#debug) return true;
    const permit = this.#permit();
    // Whether a no stands can't be told: what comes waits. In local mode nothing of it may.
    if (permit.kind === "unclear") return !this.#isLocal;
    const { consent } = permit;
    if (consent === undefined || (permit.kind === "off" && consent.decidedBy !== "local")) return false;
    this.#lacksRecord = this.#consent.file?.kind === "record" && consent.file?.kind === "none";
    this.#consent = consent;
    return true;
  }

  /** Makes a report, and returns what became of it. */
  record(entry: Entry): Soon<RecordResult> {
    if (this.#lacksRecord) return this.#keepRecord().then(() => this.record(entry));
    if (this.#origin === undefined && this.isUseful) return this.#open().then(() => this.record(entry));
    const label = labelNow(this.#consent, NOTICE_NUMBER);
    const redacted = redactCaller(entry.recording, entry.values, entry.context, label.notice);
    return whenThere(redacted, (input) => this.#report(entry, label, input));
  }

  #report({ recording, timestamp }: Entry, label: Label, input: CallerInput): Soon<RecordResult> {
    const { withheld, withheldUnknown } = input;
    // Of local mode without a write key nothing is left to do once somebody says yes.
    const origin = this.isUseful ? this.#origin : undefined;
    const nothing = { messageId: null, heldUntil: null, withheld, withheldUnknown };
    if (origin === undefined) return { ...nothing, outcome: "no_write_key" };
    // Users were not told of this event yet: nothing of it is recorded.
    if (!isAnnounced(recording, label.notice)) return { ...nothing, outcome: "dropped" };
    const messageId = this.#host.uuid();
    const report = buildReport({
      machineId: origin.machineId,
      event: recording.event,
      values: input.values,
      context: { ...origin.machine, ...input.versions },
      messageId,
      timestamp: timestamp ?? this.#host.now().toISOString(),
    });
    if (origin.route === undefined) return { ...nothing, outcome: "debug", messageId, report };
    const written = writeReport(report, { withheld, withheldUnknown });
    if (isTooLarge(written)) {
      if (this.#consent.home !== undefined) noteDropped(this.#host, this.#consent.home, 1, "size");
      return { ...nothing, outcome: "rejected", messageId };
    }
    const kept = this.#keeperFor(origin.route).keep({ label, report: written });
    return whenThere(kept, ({ outcome, heldUntil }) => {
      return { ...nothing, outcome, messageId: outcome === "disabled" ? null : messageId, heldUntil };
    });
  }

  get #isLocal(): boolean {
    return this.#consent.decidedBy === "local";
  }

  /** Finds out what all reports have in common. */
  async #open(): Promise<void> {
    this.#origin = await this.#findOrigin();
  }

  async #findOrigin(): Promise<Origin> {
    const host = this.#host;
    this.warmUp();
    if (this.#debug) {
      const machineId = machineIdForDebug(host, this.#consent);
      return { machineId, machine: await gatherContext(host, this.#consent.licence), route: undefined };
    }
    const isKept = await this.#keepRecord();
    const consent = this.#consent;
    const known = knownMachineId(host, consent);
    const machineId = isKept || needOf(consent) === "a record" ? known : await unkeptMachineId(host, consent);
    const machine = await gatherContext(host, consent.licence);
    const route = openRoute(host, this.#build, consent, this.#obstacle, isKept ? readFleetId(host) : machineId);
    return { machineId, machine, route };
  }

  /** Keeps the record that reports are made under. Returns whether that was possible. */
  async #keepRecord(): Promise<boolean> {
    this.#lacksRecord = false;
    const { consent, isKept } = await keepAndSweep(this.#host, this.#consent, needOf(this.#consent));
    this.#consent = consent;
    return isKept;
  }

  /** In local mode nothing goes to where reports leave from. */
  #keeperFor(route: Route): Keeper {
    if (this.#isLocal && route.home !== undefined) return localKeeper(this.#host, route.home);
    return this.#keeper ??= this.#openKeeper(route);
  }
}
