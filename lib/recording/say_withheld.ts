import type { Host } from "../host/host.ts";
import { type Withheld, withheldInWords } from "../report/withheld.ts";

/** Says in debug mode what was withheld from a report, which the report itself doesn't show. */
export function sayWithheld(host: Host, held: Withheld): void {
  const words = withheldInWords(held);
  if (words !== "") host.say(`Withheld, not part of it: ${words}\n`);
}
