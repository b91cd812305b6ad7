import type { BuildConfig } from "../build_config.ts";
import { type Consent, isByEnvironment } from "../consent/consent.ts";
import { describeOverruled } from "../consent/overruled.ts";
import type { Host } from "../host/host.ts";
import { isWritable } from "../host/probe.ts";
import { misplacedBy } from "../home.ts";
import { readFleetId } from "../machine_id.ts";
import { printable } from "../terminal/printable.ts";
import { describeUnusable } from "./authorities.ts";
import { describeClosedFolder } from "./closed_folder.ts";
import { describePassedBy } from "./disk_queue/passed_by.ts";
import { describeGaps } from "./lost_requests.ts";
import { describeProxyObstacle, describeProxyRefusal, findProxyObstacle, proxyInUse } from "./proxy.ts";
import type { Survey } from "./survey.ts";

/**
 * What people should know or repair, a sentence each. `status` says it, and the page shows it. `found` is what a look
 * at the queue has found; `mayTry`: whether a file may be made to find out whether any can.
 */
export function warningsOf(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  found: Survey,
  mayTry = false,
): string[] {
  const { configuration, file, home, licence } = consent;
  const warnings: string[] = [];
  const effect = isByEnvironment(consent) ? "" : ", so telemetry is off";
  // Of each file in it the same could be said.
  const closed = home === undefined ? undefined : describeClosedFolder(host, home, effect);
  if (closed !== undefined) warnings.push(closed);
  if (configuration?.kind === "broken" && home !== undefined && closed === undefined) {
    warnings.push(
      `${printable(home.configFile)} can't be used: ${configuration.problem}${effect}; repair or remove it`,
    );
  }
  if (file?.kind === "closed" && home !== undefined && closed === undefined) {
    warnings.push(`${printable(home.consentRecord)} can't be used: ${file.problem}; nothing can be kept until then`);
  }
  const misplaced = misplacedBy(host);
  if (misplaced !== undefined) {
    const tilde = misplaced === "RASA_TELEMETRY_HOME" ? " (~/ at its beginning is allowed)" : "";
    warnings.push(`${misplaced} must be an absolute path${tilde}${consent.enabled ? "" : ": telemetry is off"}`);
  }
  if (consent.overwritten) {
    warnings.push(
      "global.yml says again what it said before your choice: a program that hadn't seen that wrote over it; it holds",
    );
  }
  const overruled = describeOverruled(consent);
  if (overruled !== undefined) warnings.push(overruled);
  if (licence?.problem !== undefined) {
    warnings.push(`the licence counts as none: ${licence.problem}; check RASA_LICENSE`);
  }
  if (host.env("RASA_TELEMETRY_MACHINE_ID") && readFleetId(host) === undefined) {
    warnings.push("RASA_TELEMETRY_MACHINE_ID is ignored: it must be 32 hex digits or a UUID");
  }
  if (build.writeKey !== undefined && host.env("RASA_TELEMETRY_WRITE_KEY")) {
    warnings.push("RASA_TELEMETRY_WRITE_KEY is ignored: this build has a write key of its own");
  }
  const proxy = consent.enabled ? findProxyObstacle(host, build.endpoint) : undefined;
  if (proxy !== undefined) warnings.push(describeProxyObstacle(proxy));
  const last = consent.enabled ? found.server.last : null;
  const refusal = describeProxyRefusal(proxyInUse(host, build.endpoint), build.endpoint, last);
  if (refusal !== undefined) warnings.push(refusal);
  const unusable = consent.enabled && build.endpoint.startsWith("https:") ? describeUnusable(host) : undefined;
  if (unusable !== undefined) warnings.push(unusable);
  const log = home === undefined || closed !== undefined ? [] : describeGaps(host, home);
  const { problems, isMade } = found.locks ?? { problems: [], isMade: true };
  // Where the locks can be had, files could be made.
  const isDoubtful = consent.enabled && closed === undefined && (problems.length > 0 || (mayTry && !isMade));
  const locks = isDoubtful ? describeUnkept(host, consent) ?? problems : [];
  return [...warnings, ...[...log, ...locks].map(printable), ...describePassedBy(found.passedBy)];
}

/**
 * What comes of reports where nothing can be kept, and the environment keeps telemetry on all the same; undefined where
 * that isn't so.
 */
function describeUnkept(host: Host, consent: Consent): string[] | undefined {
  const { home, standing } = consent;
  if (home === undefined || !isByEnvironment(consent)) return undefined;
  const { telemetryDirectory } = home;
  if (isWritable(host, telemetryDirectory)) return undefined;
  const effect = standing.byVariable && !standing.byLicence
    ? "each report gets one attempt, and nothing of it is kept or noted"
    : "no showing of the notice can be kept, so each report is dropped";
  return [`${telemetryDirectory} can't be written: ${effect}`];
}
