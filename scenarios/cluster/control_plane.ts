/**
 * The parts of a topology that make a control plane of so many nodes: each has a store replica, an API server, a
 * controller manager and a scheduler. Of three any one may be lost, of five any two.
 */
export function controlPlane(nodes: 1 | 3 | 5) {
  return { controlPlanes: nodes, stores: nodes, apiservers: nodes, managers: nodes, schedulers: nodes } as const;
}
