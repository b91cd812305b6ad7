import type { BuildConfig } from "../build_config.ts";
import { type Consent, isDebug } from "../consent/consent.ts";
import { identify, identifyForDebug, type Identity } from "../consent/identity.ts";
import { gatherContext, type ReportContext } from "../context/context.ts";
import type { Host } from "../host/host.ts";
import { type Recording, redactCaller } from "../report/caller_input.ts";
import { buildReport } from "../report/report.ts";
import { isTooLarge, writeReport } from "../report/written_report.ts";
import type { QueuedReport } from "../sender/disk_queue/content.ts";
import { noteDropped } from "../sender/disk_queue/files.ts";
import { findObstacle, type Obstacle, openRoute, type Route, warmUp } from "../sender/route.ts";
import type { Outcome, RecordResult } from "./outcome.ts";

/** What a caller asks to record. */
export interface Entry {
  readonly recording: Recording;
  /** Properties or traits, as the caller gave them. */
  readonly values: unknown;
  readonly context: unknown;
  /** When it happened; now, unless given. */
  readonly timestamp?: Date | undefined;
  /** The name of the stored choice that it is recorded under (null: none); that of the recorder, unless given. */
  readonly choice?: string | null | undefined;
}

/** Where finished reports go. */
export interface Keeper {
  /** Takes a report, and returns what became of it. */
  keep(queued: QueuedReport): Promise<Outcome>;
}

/** What every report of this process has in common. Found out for the first one, and not before. */
interface Origin extends Identity {
  readonly machine: ReportContext;
  /** Undefined in debug mode, which prints reports instead. */
  readonly keeper: Keeper | undefined;
}

/**
 * The one way of every report, for a process in which telemetry is on: redaction, context, report, and then the keeper,
 * which queues and delivers.
 */
export class Recorder {
  readonly #host: Host;
  readonly #build: BuildConfig;
  readonly #consent: Consent;
  readonly #openKeeper: (route: Route) => Keeper;
  readonly #debug: boolean;
  readonly #obstacle: Obstacle | undefined;
  #isWarm = false;
  #origin: Origin | undefined;

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
    this.#openKeeper = openKeeper;
    this.#debug = isDebug(host);
    this.#obstacle = findObstacle(host, build, consent);
    this.#isWarm = !sends || this.#debug || this.#obstacle !== undefined;
  }

  /** Whether something could come of a report: it is printed, or there is a key to send it under. */
  get isUseful(): boolean {
    return this.#debug || this.#obstacle?.kind !== "no write key";
  }

  /** Begins what the first request would wait for, where one may be made. The first report does so by itself. */
  warmUp(): void {
    if (!this.#isWarm) warmUp(this.#host, this.#build.endpoint, this.#consent.home);
    this.#isWarm = true;
  }

  /** Whether the first report has been made: what it needed of the environment has been given up. */
  get isOpen(): boolean {
    return this.#origin !== undefined;
  }

  /** Makes a report, and returns what became of it. */
  async record({ recording, values, context, timestamp, choice }: Entry): Promise<RecordResult> {
    const input = await redactCaller(recording, values, context);
    const held = { withheld: input.withheld, withheldUnknown: input.withheldUnknown };
    if (!this.isUseful) return { outcome: "no_write_key", messageId: null, ...held };
    const origin = this.#origin ??= await this.#open();
    const report = buildReport({
      machineId: origin.machineId,
      event: recording.event,
      values: input.values,
      context: { ...origin.machine, ...input.versions },
      messageId: this.#host.uuid(),
      timestamp: timestamp ?? this.#host.now(),
    });
    const { messageId } = report;
    if (origin.keeper === undefined) return { outcome: "debug", messageId, ...held, report };
    const written = writeReport(report, held);
    if (isTooLarge(written)) {
      if (this.#consent.home !== undefined) noteDropped(this.#host, this.#consent.home, 1);
      return { outcome: "rejected", messageId, ...held };
    }
    const outcome = await origin.keeper.keep({
      choice: choice === undefined ? origin.choice : choice,
      report: written,
    });
    return { outcome, messageId: outcome === "disabled" ? null : messageId, ...held };
  }

  async #open(): Promise<Origin> {
    const [host, build, consent] = [this.#host, this.#build, this.#consent];
    this.warmUp();
    const identity = this.#debug ? identifyForDebug(host, consent) : await identify(host, consent);
    const machine = await gatherContext(host, consent.licence);
    if (this.#debug) return { ...identity, machine, keeper: undefined };
    const route = openRoute(host, build, consent, this.#obstacle, identity.machineId);
    return { ...identity, machine, keeper: this.#openKeeper(route) };
  }
}
