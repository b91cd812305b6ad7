import type { Host } from "../host/host.ts";

/** Stub. */
export function shouldAsk(host: Host, ownHome: boolean): boolean {
  return host.terminal.stdin && host.terminal.stderr && !ownHome;
}

/** Stub. */
export function askForConsent(_host: Host): Promise<boolean | null> {
  return Promise.resolve(null);
}
