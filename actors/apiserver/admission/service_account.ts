import { fillsInNewPods } from "./_new_pods.ts";

/** A pod that names no service account runs as the namespace's own. */
export const serviceAccount = fillsInNewPods({
  name: "ServiceAccount",
  place: 7,
  fill(spec) {
    if (!spec.serviceAccountName) spec.serviceAccountName = "default";
    // The old name of the field; a server always shows both.
    spec.serviceAccount = spec.serviceAccountName;
  },
});
