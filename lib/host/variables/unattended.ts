import type { VariableRule } from "./rule.ts";

const UNATTENDED = "if it is set, nobody is at the terminal, and init doesn't ask: ";

/**
 * The variables that say that nobody is at the terminal. They change nothing in a report, and only whether they are set
 * is used. Source: what each service documents for its jobs, and Jupyter for its kernels.
 */
export const UNATTENDED_VARIABLES = {
  TF_BUILD: { purpose: "unattended", reason: `${UNATTENDED}Azure Pipelines` },
  GITLAB_CI: { purpose: "unattended", reason: `${UNATTENDED}GitLab CI` },
  bamboo_buildKey: { purpose: "unattended", reason: `${UNATTENDED}Bamboo` },
  bamboo_planKey: { purpose: "unattended", reason: `${UNATTENDED}Bamboo` },
  APPVEYOR: { purpose: "unattended", reason: `${UNATTENDED}AppVeyor` },
  BITBUCKET_BUILD_NUMBER: { purpose: "unattended", reason: `${UNATTENDED}Bitbucket Pipelines` },
  BITRISE_IO: { purpose: "unattended", reason: `${UNATTENDED}Bitrise` },
  BUDDY_WORKSPACE_ID: { purpose: "unattended", reason: `${UNATTENDED}Buddy` },
  CF_BUILD_ID: { purpose: "unattended", reason: `${UNATTENDED}Codefresh` },
  CIRRUS_CI: { purpose: "unattended", reason: `${UNATTENDED}Cirrus CI` },
  CM_BUILD_ID: { purpose: "unattended", reason: `${UNATTENDED}Codemagic` },
  DRONE: { purpose: "unattended", reason: `${UNATTENDED}Drone` },
  GO_PIPELINE_LABEL: { purpose: "unattended", reason: `${UNATTENDED}GoCD` },
  HARNESS_BUILD_ID: { purpose: "unattended", reason: `${UNATTENDED}Harness` },
  PROW_JOB_ID: { purpose: "unattended", reason: `${UNATTENDED}Prow` },
  SCREWDRIVER: { purpose: "unattended", reason: `${UNATTENDED}Screwdriver` },
  SEMAPHORE: { purpose: "unattended", reason: `${UNATTENDED}Semaphore` },
  JPY_PARENT_PID: { purpose: "unattended", reason: `${UNATTENDED}a notebook's kernel` },
} as const satisfies Record<string, VariableRule>;
