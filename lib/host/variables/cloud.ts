import type { VariableRule } from "./rule.ts";

/** The variables that clouds set. Only whether they are set is used. */
export const CLOUD_VARIABLES = {
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
} as const satisfies Record<string, VariableRule>;
