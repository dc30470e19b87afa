import type { Frozen, Node } from "../../api/types.ts";
import { ageColumn, defineTable, listed, nameColumn } from "./printing/columns.ts";

const rolePrefix = "node-role.kubernetes.io/";
const roleLabel = "kubernetes.io/role";

/** NAME STATUS ROLES AGE VERSION, and with `-o wide` its addresses and software. */
export const node = defineTable<Node>({
  group: "",
  kind: "Node",
  columns: [
    nameColumn,
    { name: "Status", description: "Whether the node takes pods", of: statusOf },
    { name: "Roles", description: "The roles that the node's labels name", of: rolesOf },
    ageColumn,
    {
      name: "Version",
      description: "The version of the kubelet",
      of: ({ status }) => status.nodeInfo?.kubeletVersion ?? "",
    },
    {
      name: "Internal-IP",
      wide: true,
      description: "The node's address within the cluster",
      of: (object) => address(object, "InternalIP"),
    },
    {
      name: "External-IP",
      wide: true,
      description: "The node's address from outside",
      of: (object) => address(object, "ExternalIP"),
    },
    {
      name: "OS-Image",
      wide: true,
      description: "The operating system",
      of: ({ status }) => status.nodeInfo?.osImage || "<unknown>",
    },
    {
      name: "Kernel-Version",
      wide: true,
      description: "The kernel's version",
      of: ({ status }) => status.nodeInfo?.kernelVersion || "<unknown>",
    },
    {
      name: "Container-Runtime",
      wide: true,
      description: "The container runtime and its version",
      of: ({ status }) => status.nodeInfo?.containerRuntimeVersion || "<unknown>",
    },
  ],
});

function statusOf({ spec, status }: Frozen<Node>): string {
  const ready = (status.conditions ?? []).find(({ type }) => type === "Ready");
  const words = [ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady"];
  if (spec.unschedulable) words.push("SchedulingDisabled");
  return words.join(",");
}

function rolesOf({ metadata }: Frozen<Node>): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.add(key.slice(rolePrefix.length));
    else if (key === roleLabel && value !== "") roles.add(value);
  }
  return listed([...roles].sort());
}

function address({ status }: Frozen<Node>, type: string): string {
  return (status.addresses ?? []).find((each) => each.type === type)?.address ?? "<none>";
}
