import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { withheldMembers } from "../report/withheld.ts";
import { appendLines } from "../sender/rotating_log.ts";
import type { Keeper } from "./keeper.ts";

/** Keeps reports in the log of local mode, exactly as they would leave. Nothing of it is ever sent. */
export function localKeeper(host: Host, home: Home): Keeper {
  return {
    keep({ report }) {
      const at = host.now().toISOString();
      const line = `{"recordedAt":${JSON.stringify(at)},${withheldMembers(report.withheld)}"report":${report.json}}\n`;
      try {
        host.files.makeDirectory(home.telemetryDirectory);
        appendLines(host, { newer: home.localLog, older: home.olderLocalLog }, [line]);
        return Promise.resolve({ outcome: "local", heldUntil: null });
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        return Promise.resolve({ outcome: "dropped", heldUntil: null });
      }
    },
  };
}
