import { VARIABLES } from "./variables.ts";

/** A permission by the runtime's name for it. */
export type PermissionKind = "net" | "run" | "import" | "ffi" | "env" | "sys" | "read" | "write";

/** What the binary may do in one respect, for the compiler and in words for the machine's owner. */
export interface Permission {
  /** The runtime's names of what is granted alike. */
  readonly kinds: readonly PermissionKind[];
  /** True: everything of the kind; false: nothing; otherwise these names alone. */
  readonly grant: boolean | readonly string[];
  readonly question: string;
  readonly granted: string;
  readonly meaning: string;
}

/** What the released binary may do with this endpoint. The compiler grants exactly this; the runtime enforces it. */
export function permissionsFor(endpoint: string): Permission[] {
  const { hostname, port, protocol } = new URL(endpoint);
  const address = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  const variables = Object.keys(VARIABLES);
  return [
    {
      kinds: ["net"],
      grant: [address],
      question: "Talk to other machines?",
      granted: `only to ${address}`,
      meaning:
        `It reaches this one address, which is fixed in the binary, and nobody else. The system's resolver is asked for
the host. The one exception is a proxy that you name yourself: the runtime goes through the one in HTTPS_PROXY or
ALL_PROXY (in upper or lower case).`,
    },
    {
      kinds: ["run", "import", "ffi"],
      grant: false,
      question: "Start programs, load libraries or code?",
      granted: "no",
      meaning: "It starts no other program, loads no native library, and runs no code but its own.",
    },
    {
      kinds: ["env"],
      grant: variables,
      question: "Read variables of the environment?",
      granted: `only the ${variables.length} listed below`,
      meaning: "No other variable can be read. The list says why each of them is.",
    },
    {
      // uid: git doesn't trust a repository that somebody else owns, so the project's hash must not use it either.
      kinds: ["sys"],
      grant: ["osRelease", "uid"],
      question: "Ask the system about itself?",
      granted: "only the kernel's release and the user's number",
      meaning: "It can't ask for the machine's name, for its addresses, or who else uses it.",
    },
    {
      kinds: ["read"],
      grant: true,
      question: "Read files?",
      granted: "yes",
      meaning: `The home, the project and the file of authorities are known only when it runs, so this can't be narrowed
beforehand. The documentation lists every path that it opens, and a test that records its system calls holds it to that
list. The contents of /proc, /sys and /dev are out of reach.`,
    },
    {
      kinds: ["write"],
      grant: true,
      question: "Write files?",
      granted: "yes",
      meaning: `This can't be narrowed for the same reason. It writes in its own folder (~/.config/rasa, or the one that
RASA_TELEMETRY_HOME names), and the files that inspect --html and export name. Where it isn't certain that anything
can be kept, status, export and the page try with one small file whether the nearest folder above it can be written.`,
    },
  ];
}
