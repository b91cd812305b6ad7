import type { VariableRule } from "./rule.ts";

const CODEBUILD = "AWS CodeBuild";

/**
 * The variables of services that run jobs. Only whether they are set is used. Source: those that Rasa's own telemetry
 * asks for.
 */
export const CI_VARIABLES = {
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
} as const satisfies Record<string, VariableRule>;
