import type { BuildConfig } from "../build_config.ts";
import type { Host } from "../host/host.ts";

/**
 * The key that reports go under: the build's or, in a build that has none, that of RASA_TELEMETRY_WRITE_KEY: a key is
 * an address, and whoever sets a variable must not choose another one than users were told. Without a key nothing is
 * queued or sent.
 */
export function readWriteKey(host: Host, build: Pick<BuildConfig, "writeKey">): string | undefined {
  return build.writeKey || host.env("RASA_TELEMETRY_WRITE_KEY") || undefined;
}
