import { RULES } from "../../lib/consent/rules.ts";
import { alignedTable } from "./tables.ts";

/** README's table of the rules of consent, in their order. The noes, of which any one decides, are one row. */
export function rulesTable(): string {
  const noes = RULES.slice(1, RULES.findIndex(({ id }) => id === "local"));
  const row = ({ heading, effect }: { readonly heading: string; readonly effect: string }) => [heading, effect];
  return alignedTable(["what is found", "telemetry is"], [
    row(RULES[0]),
    [`Any no: ${noes.map(({ heading }) => heading[0]!.toLowerCase() + heading.slice(1)).join("; ")}`, "off"],
    ...RULES.slice(1 + noes.length).map(row),
  ]);
}
