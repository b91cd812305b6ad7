import type { VariableRule } from "./rule.ts";

/** The variables that say that this is a container. Only whether they are set is used. */
export const CONTAINER_VARIABLES = {
  container: { purpose: "container", reason: "set by podman and systemd-nspawn" },
  KUBERNETES_SERVICE_HOST: { purpose: "container", reason: "set by Kubernetes in every pod" },
} as const satisfies Record<string, VariableRule>;
