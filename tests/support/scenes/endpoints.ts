import { httpsBinaryPath, keylessBinaryPath, nowhereBinaryPath, TEST_WRITE_KEY } from "../programs/binary.ts";
import type { Setting } from "./end_to_end.ts";

/** Tests of the network: telemetry is on by the environment, and nobody is at the endpoint but whom the test puts there. */

/** The endpoint is an address of this machine, in plain HTTP. */
export const PLAIN: Setting = { endpoint: "nobody", env: { RASA_TELEMETRY_ENABLED: "true" } };
/** Processes are told apart by the write key that each is given, which counts only in a build that has none. */
export const KEYED: Setting = {
  binary: keylessBinaryPath,
  env: { RASA_TELEMETRY_WRITE_KEY: TEST_WRITE_KEY },
};
/** The endpoint is `https://localhost`. */
export const HTTPS: Setting = { ...PLAIN, binary: httpsBinaryPath };
/** The endpoint has a name that no resolver knows. */
export const NOWHERE: Setting = { ...PLAIN, binary: nowhereBinaryPath };
