import type { BuildConfig } from "../build_config.ts";
import { chooseNo, chooseYes } from "../consent/choose.ts";
import type { Consent } from "../consent/consent.ts";
import { keepConsent } from "../consent/keep.ts";
import { noticeFor } from "../consent/notice.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import { leavesAfter } from "../consent/permission.ts";
import { askForConsent } from "../consent/question.ts";
import { readRecord } from "../consent/record_file.ts";
import { tell } from "../consent/telling.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { dropOtherEpochs } from "../sender/disk_queue/content.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { endRequests } from "./end_requests.ts";

/**
 * Shows the notice and, where `asks`, asks; stores the answer. Undefined where it could not be kept or shown. Throws
 * `FileFault` and `ConfigurationError`.
 */
export async function showNotice(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  home: Home,
  asks: boolean,
): Promise<{ readonly shown: true; readonly answer: boolean | null } | undefined> {
  const now = host.now();
  const at = now.toISOString();
  const locked = consent.decidedBy === "licence";
  const facts = { locked, addressee: build.recipient, now, leavesFrom: new Date(leavesAfter(at)) };
  const telling = { at, notice: NOTICE_NUMBER, addressee: build.recipient, terminal: asks };
  const told = await tell(host, home, consent, telling, () => host.say(noticeFor(host, facts)));
  if (!told) return undefined;
  // The telling may have begun an epoch: after a copy, or where the record was deleted.
  const file = readRecord(host, home);
  if (file.kind === "record") dropOtherEpochs(host, home, file.record.epoch);
  const answer = asks ? await askForConsent(host) : null;
  // Not before: whoever says no gets no id.
  if (answer === null) await keepConsent(host, consent, "an id");
  if (answer === false) {
    await keepNo(host, home, consent);
    host.say("Telemetry is off.\n");
  } else if (answer === true) {
    await chooseYes(host, home, consent, NOTICE_NUMBER);
    host.say("Telemetry is on.\n");
  } else if (asks) {
    host.say("No answer: nothing leaves for an hour; rasa-telemetry disable switches it off.\n");
  }
  return { shown: true, answer };
}

async function keepNo(host: Host, home: Home, consent: Consent): Promise<void> {
  clearQueue(host, home);
  await chooseNo(host, home, consent);
  await endRequests(host, home);
}
