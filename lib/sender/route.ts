import type { BuildConfig } from "../build_config.ts";
import type { Consent } from "../consent/consent.ts";
import { readRelease } from "../context/hardware.ts";
import type { Maker } from "../report/installation.ts";
import { type Permit, readPermit } from "../consent/permit.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { readAuthorities } from "./authorities.ts";
import { dropOtherEpochs } from "./disk_queue/content.ts";
import { findProxyObstacle, type ProxyObstacle } from "./proxy.ts";
import { FIRST_STATE, isEarly, readServerState } from "./server_state.ts";
import { readWriteKey } from "./write_key.ts";

/** Where reports go, and what is needed to get them there. */
export interface Destination {
  readonly endpoint: string;
  readonly writeKey: string;
  /** PEM certificates that are trusted beside the built-in ones. */
  readonly authorities: readonly string[];
}

/** Why no report may leave. */
export type Obstacle = { readonly kind: "no write key" } | ProxyObstacle;

/** The way of reports from this machine to the server, set up once for a process. */
export interface Route {
  /** Where reports are kept; undefined where nothing can be kept. */
  readonly home: Home | undefined;
  readonly destination: Destination;
  /** Why nothing may leave, so that reports are only queued; undefined where they may. */
  readonly obstacle: Obstacle | undefined;
  /** What holds right now. Asked before each request, and before and after something is kept. */
  readonly permit: () => Permit;
  /** What reports say of this installation. */
  readonly maker: RouteMaker;
}

/**
 * What every report says of this installation when it leaves. The machine id is the one where the record doesn't say: a
 * fleet's, or one that can't be kept; undefined where the record's counts.
 */
export interface RouteMaker extends Omit<Maker, "machineId"> {
  readonly machineId: string | undefined;
}

/** What reports say of this installation. Asks the system, so it comes before the right to ask is given up. */
export function makerOf(host: Host, { licence }: Consent, machineId: string | undefined): RouteMaker {
  return {
    machineId,
    licenceHash: licence?.hash ?? null,
    company: licence?.company ?? null,
    osRelease: readRelease(host),
  };
}

/** Why no report may leave this machine, or undefined where reports may. */
export function findObstacle(host: Host, build: BuildConfig): Obstacle | undefined {
  if (readWriteKey(host, build) === undefined) return { kind: "no write key" };
  return findProxyObstacle(host, build.endpoint);
}

/**
 * Begins, without waiting, what the first request would otherwise wait for, where one is going to be made soon: over
 * HTTPS, and not too early. `backOff` is whether this program's own back-off counts.
 */
export function warmUp(host: Host, endpoint: string, home: Home | undefined, backOff = true): void {
  if (!endpoint.startsWith("https:")) return;
  const state = home === undefined ? FIRST_STATE : readServerState(host, home);
  if (!isEarly(state, host.now(), { backOff, shortDeadline: false })) host.prepareRequests();
}

/**
 * Sets up the way to the server, and gives up for good what is needed only before the first request: the environment
 * and questions to the system. `obstacle` is what `findObstacle` found, `machineId` the id where the record has none.
 */
export function openRoute(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  obstacle: Obstacle | undefined,
  machineId: string | undefined,
): Route {
  const route: Route = {
    home: consent.home,
    destination: {
      endpoint: build.endpoint,
      writeKey: readWriteKey(host, build) ?? "",
      authorities: obstacle === undefined ? readAuthorities(host) : [],
    },
    obstacle,
    permit: watchPermit(host, consent),
    maker: makerOf(host, consent, machineId),
  };
  host.relinquish();
  return route;
}

/**
 * Asks what holds right now, each time that it is called. Where a new epoch has begun, what waits from before it is
 * deleted and counted. The change is kept by then, so that no other process would find it.
 */
export function watchPermit(host: Host, consent: Consent): () => Permit {
  const { home } = consent;
  let { epoch } = consent.standing.record;
  return () => {
    const permit = readPermit(host, consent);
    const now = permit.kind === "unclear" ? undefined : permit.consent;
    // An epoch that could not be kept is another one each time.
    if (now === undefined || home === undefined || now.changed || now.file?.kind !== "record") return permit;
    if (now.standing.record.epoch !== epoch) {
      epoch = now.standing.record.epoch;
      dropOtherEpochs(host, home, epoch);
    }
    return permit;
  };
}
