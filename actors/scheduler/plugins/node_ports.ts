import { plugin, skip, unschedulable } from "../framework.ts";
import { portsFree } from "../node_info.ts";
import { type HostPort, portsConflict } from "../pod_info.ts";

const taken = unschedulable("node(s) didn't have free ports for the requested pod ports");

/** Takes only nodes on which the host ports that the pod asks for are free. */
export const nodePorts = plugin<readonly HostPort[]>({
  name: "NodePorts",
  order: 60,
  events: [
    {
      on: "assigned-pod.delete",
      helps: ({ hostPorts }, { pod }) =>
        hostPorts.some((port) => pod?.hostPorts.some((freed) => portsConflict(port, freed))),
    },
    { on: "node.add" },
    { on: "node.taints" },
  ],
  preFilter: ({ hostPorts }) => (hostPorts.length === 0 ? skip : { state: hostPorts }),
  filter: (_pod, node, ports) => (portsFree(node, ports) ? undefined : taken),
});
