import type { Row } from "./row.ts";

const container = "spec.containers.0";
const c = "spec.containers[0]";

/** What a pod may not be when it is made. */
export const newPods: readonly Row[] = [
  [
    { "spec.ephemeralContainers": [{ name: "a", image: " b", lifecycle: { preStop: { sleep: { seconds: 1 } } } }] },
    'spec.ephemeralContainers[0].image: Invalid value: " b": must not have leading or trailing whitespace',
    'spec.ephemeralContainers[0].name: Duplicate value: "a"',
    "spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container",
    "spec.ephemeralContainers: Forbidden: cannot be set on create",
  ],
  [
    { "spec.nodeName": "n", "spec.schedulingGates": [{ name: "a" }] },
    "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared",
  ],
  [
    {
      "metadata.annotations": { "container.seccomp.security.alpha.kubernetes.io/a": "localhost/x" },
      [`${container}.securityContext`]: { seccompProfile: { type: "Localhost", localhostProfile: "y" } },
    },
    `${c}.securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match`,
  ],
  [
    {
      "metadata.annotations": { "seccomp.security.alpha.kubernetes.io/pod": "unconfined" },
      "spec.securityContext": { seccompProfile: { type: "RuntimeDefault" } },
    },
    "spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
  ],
];
