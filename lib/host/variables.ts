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

const AUTHORITIES = "a PEM file of additional authorities for HTTPS; SSL_CERT_FILE counts where both are set";
const PROXY =
  "the proxy, which the runtime uses by itself. Read to find an address by which the runtime would go round " +
  "it, or tell its password to the endpoint";
const NO_PROXY = "hosts that are reached without a proxy. Read to know whether the endpoint is one of them";
const FOLDERS = "where ~/.config/rasa and git's own configuration are";
const GIT_SET = "if it is set, git was told where to look or what to read, and the project is reported as null";
const CODEBUILD = "AWS CodeBuild";
const UNATTENDED = "if it is set, nobody is at the terminal, and init doesn't ask: ";

/**
 * Every variable of the environment that the program may read, and the only list of them: the binary is compiled with
 * exactly these names, and asking for any other throws. Of those under `ci`, `unattended`, `cloud` and `container` only
 * whether they are set is used.
 *
 * Source of the names under `ci`: those that Rasa's own telemetry asks for. Those under `unattended` are no part of it,
 * and change nothing in a report; source: what each service documents for its jobs, and Jupyter for its kernels.
 */
export const VARIABLES = {
  RASA_TELEMETRY_ENABLED: {
    purpose: "operator",
    reason: "switches telemetry on while it is set (true, 1, yes, on) and nothing says no, or off (anything else)",
  },
  DO_NOT_TRACK: { purpose: "operator", reason: "switches telemetry off unless it is empty or 0" },
  RASA_TELEMETRY_DEBUG: {
    purpose: "operator",
    reason: "prints reports instead of queueing and sending them, unless it is empty, 0, false, no or off",
  },
  RASA_TELEMETRY_HOME: {
    purpose: "operator",
    reason: "the folder used instead of ~/.config/rasa: an absolute path, or one from ~/",
  },
  RASA_TELEMETRY_MACHINE_ID: {
    purpose: "operator",
    reason: "one machine id (32 hex digits or a UUID) for a fleet of throw-away containers",
  },
  RASA_TELEMETRY_WRITE_KEY: { purpose: "operator", reason: "the write key, in a build that has none" },
  SSL_CERT_FILE: { purpose: "network", reason: AUTHORITIES },
  REQUESTS_CA_BUNDLE: { purpose: "network", reason: AUTHORITIES },
  HTTPS_PROXY: { purpose: "network", reason: PROXY },
  https_proxy: { purpose: "network", reason: PROXY },
  ALL_PROXY: { purpose: "network", reason: PROXY },
  all_proxy: { purpose: "network", reason: PROXY },
  NO_PROXY: { purpose: "network", reason: NO_PROXY },
  no_proxy: { purpose: "network", reason: NO_PROXY },
  HOME: { purpose: "home", reason: FOLDERS },
  USERPROFILE: { purpose: "home", reason: `${FOLDERS} on Windows` },
  ProgramData: { purpose: "home", reason: "where the policy for a whole machine is, on Windows" },
  RASA_LICENSE: {
    purpose: "licence",
    reason: "the Rasa Pro licence: its hash and company, and whether telemetry may be switched off",
  },
  RASA_PRO_LICENSE: { purpose: "licence", reason: "the older name of RASA_LICENSE" },
  TERM: { purpose: "terminal", reason: "no colours on a dumb terminal" },
  NO_COLOR: { purpose: "terminal", reason: "no colours" },
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
  "bamboo.buildKey": { purpose: "ci", reason: "Bamboo" },
  BUILD_ID: { purpose: "ci", reason: "Jenkins and others" },
  BUILD_NUMBER: { purpose: "ci", reason: "Jenkins, TeamCity and others" },
  BUILDKITE: { purpose: "ci", reason: "Buildkite" },
  CI: { purpose: "ci", reason: "most services" },
  CIRCLECI: { purpose: "ci", reason: "CircleCI" },
  CONTINUOUS_INTEGRATION: { purpose: "ci", reason: "Travis CI and others" },
  GITHUB_ACTIONS: { purpose: "ci", reason: "GitHub Actions" },
  HUDSON_URL: { purpose: "ci", reason: "Hudson" },
  JENKINS_URL: { purpose: "ci", reason: "Jenkins" },
  TEAMCITY_VERSION: { purpose: "ci", reason: "TeamCity" },
  TRAVIS: { purpose: "ci", reason: "Travis CI" },
  CODEBUILD_BUILD_ARN: { purpose: "ci", reason: CODEBUILD },
  CODEBUILD_BUILD_ID: { purpose: "ci", reason: CODEBUILD },
  CODEBUILD_BATCH_BUILD_IDENTIFIER: { purpose: "ci", reason: CODEBUILD },
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
  AWS_EXECUTION_ENV: { purpose: "cloud", reason: "AWS Lambda, ECS, Fargate" },
  ECS_CONTAINER_METADATA_URI: { purpose: "cloud", reason: "AWS ECS" },
  ECS_CONTAINER_METADATA_URI_V4: { purpose: "cloud", reason: "AWS ECS and Fargate" },
  AWS_LAMBDA_FUNCTION_NAME: { purpose: "cloud", reason: "AWS Lambda" },
  K_SERVICE: { purpose: "cloud", reason: "Google Cloud Run" },
  CLOUD_RUN_JOB: { purpose: "cloud", reason: "Google Cloud Run jobs" },
  GAE_ENV: { purpose: "cloud", reason: "Google App Engine" },
  GOOGLE_CLOUD_PROJECT: { purpose: "cloud", reason: "Google Cloud" },
  WEBSITE_INSTANCE_ID: { purpose: "cloud", reason: "Azure App Service" },
  CONTAINER_APP_NAME: { purpose: "cloud", reason: "Azure Container Apps" },
  AZUREML_RUN_ID: { purpose: "cloud", reason: "Azure Machine Learning" },
  container: { purpose: "container", reason: "set by podman and systemd-nspawn" },
  KUBERNETES_SERVICE_HOST: { purpose: "container", reason: "set by Kubernetes in every pod" },
} as const satisfies Record<string, VariableRule>;

/** A variable of the environment that the program may read. */
export type Variable = keyof typeof VARIABLES;

/** The variables that are read for this purpose. */
export function variablesFor(purpose: VariablePurpose): Variable[] {
  // Object.keys forgets the names' type; the table is a constant with exactly these keys.
  const names = Object.keys(VARIABLES) as Variable[];
  return names.filter((name) => VARIABLES[name].purpose === purpose);
}
