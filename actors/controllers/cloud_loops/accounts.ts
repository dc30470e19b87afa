// Written by `npm run fix`: each loop says it of itself.

/** The loops of this folder, and which account each writes as; empty: as its manager. */
export const accounts = [
  ["cloud-node", "node-controller"],
  ["cloud-node-lifecycle", "node-controller"],
  ["cloud-route", "route-controller"],
  ["cloud-volumes", "cloud-volumes"],
  ["cluster-autoscaler", "cluster-autoscaler"],
  ["service-load-balancer", "service-controller"],
] as const;
