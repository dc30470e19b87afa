/** On which day a Secret's token was used last, and since which day it is not to be used any more. */
export const legacyTokenLabels = {
  lastUsed: "kubernetes.io/legacy-token-last-used",
  invalidSince: "kubernetes.io/legacy-token-invalid-since",
} as const;

/** Where it is written down since which day it is noted who uses such tokens. */
export const legacyTokenTracking = {
  namespace: "kube-system",
  name: "kube-apiserver-legacy-service-account-token-tracking",
  key: "since",
} as const;
