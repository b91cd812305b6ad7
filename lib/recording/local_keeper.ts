import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { writeLocalLog } from "../sender/local_log.ts";
import type { Keeper } from "./keeper.ts";

/** Keeps reports in the log of local mode, exactly as they would leave. Nothing of it is ever sent. */
export function localKeeper(host: Host, home: Home): Keeper {
  return {
    keep({ report }) {
      try {
        writeLocalLog(host, home, report);
        return { outcome: "local", heldUntil: null };
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        return { outcome: "dropped", heldUntil: null };
      }
    },
  };
}
