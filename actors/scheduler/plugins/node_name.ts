import { plugin, skip, unresolvable } from "../framework.ts";

const mismatch = unresolvable("node(s) didn't match the requested node name");

/** Takes only the node that the pod names. */
export const nodeName = plugin({
  name: "NodeName",
  order: 30,
  events: [{ on: "node.add", helps: ({ pod }, { node }) => node?.name === pod.spec.nodeName }],
  preFilter: ({ pod }) => (pod.spec.nodeName ? { state: undefined } : skip),
  filter: ({ pod }, { name }) => (pod.spec.nodeName && pod.spec.nodeName !== name ? mismatch : undefined),
});
