import { run } from "../../../lib/cli.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../inputs/licence.ts";
import { type MemoryHost, NOON } from "../machine/memory_host.ts";
import { BUILD } from "./scene.ts";

/** What tests of a licence under which telemetry can't be switched off need. */

const ISSUER = await makeKeyPair();

/** The build whose licences the tests can make. */
export const LICENSED: typeof BUILD = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };

/** A licence that locks telemetry on, valid at noon. */
export const LOCKING: string = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));

/** Runs a command line of that build and gives its exit code. */
export function runLicensed(host: MemoryHost, ...args: string[]): Promise<number> {
  host.relinquished = false;
  return run(args, host, LICENSED);
}
