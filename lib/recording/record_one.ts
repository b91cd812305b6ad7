import type { BuildConfig } from "../build_config.ts";
import { requireEvent } from "../cli/event_names.ts";
import type { Consent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import { recordingOf, TRAITS_RECORDING } from "../report/caller_input.ts";
import { diskKeeper } from "./disk_keeper.ts";
import { readDocument } from "./input/document.ts";
import type { RecordResult } from "./outcome.ts";
import { Recorder } from "./recorder.ts";
import { sayOverruled } from "./overruled.ts";

/**
 * Records what standard input gives for an event, or for traits where `event` is undefined, and tries to deliver what
 * waits, by `until` (of `host.elapsed()`). Throws `UsageError` for an event that isn't in the catalogue, and for bad
 * input.
 */
export async function recordOne(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  event: string | undefined,
  until: number | "only queue",
): Promise<RecordResult> {
  sayOverruled(host, consent);
  const recording = event === undefined ? TRAITS_RECORDING : recordingOf(requireEvent(event));
  const sends = until !== "only queue";
  const recorder = new Recorder(host, build, consent, sends, (route) => diskKeeper(host, consent, route, until));
  // Already now: standard input may take its time.
  recorder.warmUp();
  const purpose = `Cannot record ${event === undefined ? "traits" : `"${event}"`}`;
  const given = await readDocument(host, purpose, [recording.root, "context"]);
  return await recorder.record({ recording, values: given[recording.root], context: given["context"] });
}
