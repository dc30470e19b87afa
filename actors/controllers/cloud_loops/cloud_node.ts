import { node as nodeKind } from "../../api/kinds/node.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { type Instance, providerId } from "../../cloud/messages.ts";
import { askCloud, cloudOf, instanceOf } from "../clouds/ask_cloud.ts";
import { isUninitialized, uninitializedTaint } from "../clouds/uninitialized.ts";
import { type CloudPlace, defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

interface Memory {
  readonly clouds: readonly CloudPlace[];
}

type Difference = Frozen<Node> | undefined;

/**
 * Tells of new nodes what their provider knows: id, zone, region, type and addresses. Until then a taint keeps pods off.
 *
 * It watches and writes Nodes. It follows k8s.io/cloud-provider's controllers/node.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/cloud-controller/#node-controller
 */
export const cloudNode = defineLoop<Frozen<Node>, boolean, Difference, Memory>({
  name: "cloud-node",
  component: "cloud-node-controller",
  account: "node-controller",
  watches: [
    watch<Node, Memory>({
      kind: nodeKind,
      keys: ({ type, object }) => (type !== "deleted" && isUninitialized(object) ? [object.metadata.name] : []),
    }),
  ],
  begin: ({ clouds = [] }) => ({ clouds }),

  obtain: (key, listers) => listers.of(nodeKind).get(key),

  observe: isUninitialized,

  difference: (node, isNew) => (isNew ? node : undefined),

  reconcile(node, { memory }): Plan {
    if (!node) return nothingToDo;
    const { clouds } = memory;
    const own = cloudOf(node, clouds);
    return { actions: looking(node, own ? [own] : clouds) };
  },
});

/** Asks one provider after the other whose it is. */
function looking(node: Frozen<Node>, [cloud, ...others]: readonly CloudPlace[]): readonly Action[] {
  const { name } = node.metadata;
  const about = { kind: nodeKind, name };
  const message = `failed to get instance metadata for node ${name}: instance not found`;
  if (!cloud) return [{ op: "fail", ...about, message }];
  return [
    askCloud(about, { cloud, request: { op: "ListInstances" } }, (answer) => {
      if (!answer.ok) return [{ op: "fail", ...about, message: answer.failure.message }];
      const found = instanceOf(node, answer.value as readonly Instance[]);
      return found ? initializing(node, cloud, found) : looking(node, others);
    }),
  ];
}

function initializing(node: Frozen<Node>, { name: cloud }: CloudPlace, instance: Instance): readonly Action[] {
  const { name } = node.metadata;
  const { zone, region, type, ip, additionalIps = [] } = instance;
  const labels = {
    ...node.metadata.labels,
    "beta.kubernetes.io/instance-type": type,
    "node.kubernetes.io/instance-type": type,
    "failure-domain.beta.kubernetes.io/zone": zone,
    "topology.kubernetes.io/zone": zone,
    "failure-domain.beta.kubernetes.io/region": region,
    "topology.kubernetes.io/region": region,
  };
  const taints = (node.spec.taints ?? []).filter(({ key }) => key !== uninitializedTaint);
  const spec = { ...node.spec, providerID: node.spec.providerID ?? providerId(cloud, instance), taints };
  const object = { ...node, metadata: { ...node.metadata, labels }, spec } as Frozen<Node>;
  const addresses = [
    ...[ip, ...additionalIps].map((address) => ({ type: "InternalIP", address })),
    { type: "Hostname", address: name },
    { type: "InternalDNS", address: `${name}.${region}.${cloud}.internal` },
  ];
  const report = { about: node, type: "Normal", reason: "Synced", message: "Node synced successfully" } as const;
  return [
    { op: "update", kind: nodeKind, object, report, accept: ["NotFound"] },
    {
      op: "patch",
      kind: nodeKind,
      name,
      subresource: "status",
      // Of two addresses of one type a patch that merges by type would lose one.
      patch: { status: { addresses: [...addresses, { $patch: "replace" }] } },
      accept: ["NotFound"],
    },
  ];
}
