import { RULES } from "../../lib/consent/rules.ts";
import { alignedTable } from "./tables.ts";

/** README's table of the rules of consent, in their order. */
export function rulesTable(): string {
  return alignedTable(["rule", "telemetry is"], RULES.map(({ heading, effect }) => [heading, effect]));
}
