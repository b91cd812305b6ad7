import type { VariableRule } from "./rule.ts";

const GIT_SET = "if it is set, git was told where to look or what to read, and the project is reported as null";

/** The variables that say where git's configuration is, or that git was told where to look. */
export const GIT_VARIABLES = {
  XDG_CONFIG_HOME: { purpose: "git", reason: "where git's own configuration is" },
  GIT_DIR: { purpose: "git", reason: GIT_SET },
  GIT_COMMON_DIR: { purpose: "git", reason: GIT_SET },
  GIT_OBJECT_DIRECTORY: { purpose: "git", reason: GIT_SET },
  GIT_WORK_TREE: { purpose: "git", reason: GIT_SET },
  GIT_REFERENCE_BACKEND: { purpose: "git", reason: GIT_SET },
  GIT_CEILING_DIRECTORIES: { purpose: "git", reason: GIT_SET },
  GIT_DISCOVERY_ACROSS_FILESYSTEM: { purpose: "git", reason: GIT_SET },
  GIT_CONFIG_GLOBAL: { purpose: "git", reason: GIT_SET },
  GIT_CONFIG_SYSTEM: { purpose: "git", reason: GIT_SET },
  GIT_CONFIG_NOSYSTEM: { purpose: "git", reason: GIT_SET },
  GIT_CONFIG_COUNT: { purpose: "git", reason: GIT_SET },
  GIT_CONFIG_PARAMETERS: { purpose: "git", reason: GIT_SET },
} as const satisfies Record<string, VariableRule>;
