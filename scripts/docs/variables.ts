import { type VariablePurpose, type VariableRule, VARIABLES } from "../../lib/host/variables.ts";

/** Variables of one purpose that are read for the same reason. */
export interface VariableGroup extends VariableRule {
  readonly names: readonly string[];
}

/** The table for people, in its order: variables that are read for the same reason are one row. */
export function groupVariables(purposes?: readonly VariablePurpose[]): VariableGroup[] {
  const rules = Object.entries<VariableRule>(VARIABLES)
    .filter(([, { purpose }]) => purposes === undefined || purposes.includes(purpose));
  const groups = Map.groupBy(rules, ([, { purpose, reason }]) => `${purpose}: ${reason}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first[1], names: group.map(([name]) => name) }];
  });
}
