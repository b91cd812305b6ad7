/** What a variable of the environment is for: the heading it is documented under. */
export type VariablePurpose =
  | "operator"
  | "network"
  | "home"
  | "licence"
  | "terminal"
  | "git"
  | "ci"
  | "unattended"
  | "cloud"
  | "container";

/** One variable the program may read, and why. Names that are read for the same reason have the same text. */
export interface VariableRule {
  readonly purpose: VariablePurpose;
  readonly reason: string;
}

/** The names of such variables, in the table's order. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, VariableRule>>): Name[] {
  // Object.keys forgets the names' type; each table is a constant with exactly these keys.
  return Object.keys(table) as Name[];
}
