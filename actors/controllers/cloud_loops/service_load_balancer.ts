import { node as nodeKind } from "../../api/kinds/node.ts";
import { service as serviceKind } from "../../api/kinds/service.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Service } from "../../api/types.ts";
import { type Balancer, type BalancerOrder, balancerIps } from "../../cloud/messages.ts";
import { askCloud } from "../clouds/ask_cloud.ts";
import { balancerName, balancerOrder, balancingCloud } from "../clouds/balancer_order.ts";
import { type CloudPlace, defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

const finalizer = "service.kubernetes.io/load-balancer-cleanup";

interface Memory {
  readonly clouds: readonly CloudPlace[];
  /** What providers have last done, by the key of the Service; who begins anew has everything done again. */
  readonly done: Map<string, BalancerOrder>;
}

type Observed = { readonly cloud: CloudPlace; readonly order: BalancerOrder } | undefined;

type Difference =
  | { readonly do: "nothing" }
  | { readonly do: "remove"; readonly service: Frozen<Service> }
  | {
      readonly do: "ensure";
      readonly service: Frozen<Service>;
      readonly cloud: CloudPlace;
      readonly order: BalancerOrder;
      /** Only the nodes are others. */
      readonly isUpdate: boolean;
    };

/**
 * Has providers balance the load of Services that ask for it, and no others any more: a Service stays, by its finalizer,
 * until its load balancer is gone.
 *
 * It watches Services and Nodes, and writes Services' status. It follows k8s.io/cloud-provider's controllers/service.
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/
 */
export const serviceLoadBalancer = defineLoop<Frozen<Service>, Observed, Difference, Memory>({
  name: "service-load-balancer",
  component: "service-controller",
  watches: [
    watch<Service, Memory>({
      kind: serviceKind,
      indexes: { balanced: (service) => (isOurs(service) ? ["yes"] : []) },
      keys({ type, object }, { memory }) {
        if (type !== "deleted") return isOurs(object) ? [keyOf(object)] : [];
        memory.done.delete(keyOf(object));
        return [];
      },
    }),
    watch<Node>({
      kind: nodeKind,
      keys({ type, object, previous }, { listers }) {
        const isSame = type === "updated" && previous !== undefined && jsonEqual(hostOf(object), hostOf(previous));
        return isSame ? [] : listers.of<Service>(serviceKind).by("balanced", "yes").map(keyOf);
      },
    }),
  ],
  begin: ({ clouds = [] }) => ({ clouds, done: new Map() }),

  obtain: (key, listers) => listers.of<Service>(serviceKind).get(key),

  observe(service, listers, { memory }) {
    const cloud = balancingCloud(service, memory.clouds);
    return cloud && { cloud, order: balancerOrder(service, listers.of<Node>(nodeKind).values(), cloud) };
  },

  difference(service, wanted, { key, memory }) {
    if (!wanted) return isHeld(service) && !isAnothers(service, memory) ? { do: "remove", service } : { do: "nothing" };
    const done = memory.done.get(key);
    const isTold = isHeld(service) && (service.status?.loadBalancer?.ingress ?? []).length > 0;
    if (isTold && jsonEqual(done, wanted.order)) return { do: "nothing" };
    const isUpdate = isTold && done !== undefined && jsonEqual({ ...done, nodes: [] }, { ...wanted.order, nodes: [] });
    return { do: "ensure", service, ...wanted, isUpdate };
  },

  reconcile(difference, { key, memory }): Plan {
    if (difference.do === "nothing") return nothingToDo;
    if (difference.do === "remove") return { actions: removing(difference.service, memory.clouds) };
    const { service, order, isUpdate } = difference;
    const done = (last: BalancerOrder) => void memory.done.set(key, last);
    if (isUpdate) return { actions: [updating(difference, done), ...emptiness(service, order)] };
    return { actions: ensuring(difference, done) };
  },
});

function isHeld({ metadata }: Frozen<Service>): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

function isOurs(service: Frozen<Service>): boolean {
  return service.spec.type === "LoadBalancer" || isHeld(service);
}

/** Of a class that is none of ours: somebody else has given it its finalizer. */
function isAnothers({ spec: { type, loadBalancerClass } }: Frozen<Service>, { clouds }: Memory): boolean {
  const isClassed = type === "LoadBalancer" && loadBalancerClass !== undefined;
  return isClassed && !clouds.some(({ name }) => loadBalancerClass.endsWith(`/${name}`));
}

/** What of a node decides whether load comes to it. */
function hostOf({ metadata, spec, status }: Frozen<Node>): object {
  const { labels = {}, deletionTimestamp = "" } = metadata;
  const taints = (spec.taints ?? []).map(({ key }) => key).filter((key) => key.startsWith("ToBeDeleted"));
  const addresses = status.addresses?.filter(({ type }) => type === "InternalIP") ?? [];
  const excluded = Object.keys(labels).filter((label) => label.startsWith("node.kubernetes.io/exclude"));
  return { deletionTimestamp, taints, addresses, excluded, id: spec.providerID ?? "" };
}

function aboutOf({ metadata }: Frozen<Service>) {
  return { kind: serviceKind, namespace: metadata.namespace ?? "", name: metadata.name };
}

const warnings = new Set(["SyncLoadBalancerFailed", "UpdateLoadBalancerFailed", "UnAvailableLoadBalancer"]);

function tell(service: Frozen<Service>, reason: string, message: string) {
  const type = warnings.has(reason) ? "Warning" : "Normal";
  return { about: { ...service, apiVersion: "v1", kind: "Service" }, type, reason, message } as const;
}

/** Written where its owner may write: of a Service no more than the status. */
function patching(service: Frozen<Service>, patch: object): Action {
  const { uid } = service.metadata;
  const contentType = "application/merge-patch+json";
  const { metadata = {}, ...rest } = patch as { metadata?: object };
  const whole = { ...rest, metadata: { uid, ...metadata } };
  return { op: "patch", ...aboutOf(service), patch: whole, contentType, subresource: "status", accept: ["NotFound"] };
}

function failing(service: Frozen<Service>, why: string): readonly Action[] {
  const failureReport = tell(service, "SyncLoadBalancerFailed", "Error syncing load balancer: ");
  return [{ op: "fail", ...aboutOf(service), message: why, failureReport }];
}

type Ensuring = Extract<Difference, { readonly do: "ensure" }>;

function ensuring({ service, cloud, order }: Ensuring, done: (order: BalancerOrder) => void): readonly Action[] {
  const finalizers = [...(service.metadata.finalizers ?? []), finalizer];
  const held: readonly Action[] = isHeld(service) ? [] : [patching(service, { metadata: { finalizers } })];
  const began = tell(service, "EnsuringLoadBalancer", "Ensuring load balancer");
  const request = { op: "EnsureLoadBalancer", order } as const;
  const asking = askCloud(aboutOf(service), { cloud, request }, (answer) => {
    if (!answer.ok) return failing(service, `failed to ensure load balancer: ${answer.failure.message}`);
    done(order);
    const balancer = answer.value as Balancer;
    const { ipMode } = balancer;
    const status = { loadBalancer: { ingress: balancerIps(balancer).map((ip) => ({ ip, ipMode })) } };
    const ended = tell(service, "EnsuredLoadBalancer", "Ensured load balancer");
    const isSaid = jsonEqual(service.status?.loadBalancer, status.loadBalancer);
    if (isSaid) return [{ op: "tell", kind: serviceKind, object: service, report: ended }];
    return [{ ...patching(service, { status }), report: ended }];
  });
  return [
    ...held,
    { op: "tell", kind: serviceKind, object: service, report: began },
    asking,
    ...emptiness(service, order),
  ];
}

function updating({ service, cloud, order }: Ensuring, done: (order: BalancerOrder) => void): Action {
  return askCloud(aboutOf(service), { cloud, request: { op: "UpdateLoadBalancer", order } }, (answer) => {
    if (answer.ok) {
      done(order);
      const report = tell(service, "UpdatedLoadBalancer", "Updated load balancer with new hosts");
      return [{ op: "tell", kind: serviceKind, object: service, report }];
    }
    const text = `Error updating load balancer with new hosts [${order.nodes.join(" ")}] [node names limited, total number of nodes: ${order.nodes.length}]: `;
    const failureReport = tell(service, "UpdateLoadBalancerFailed", text);
    return [{ op: "fail", ...aboutOf(service), message: answer.failure.message, failureReport }];
  });
}

function emptiness(service: Frozen<Service>, { nodes }: BalancerOrder): readonly Action[] {
  if (nodes.length > 0) return [];
  const message = "There are no available nodes for LoadBalancer";
  const report = tell(service, "UnAvailableLoadBalancer", message);
  return [{ op: "tell", kind: serviceKind, object: service, report }];
}

/** Wherever it has one: which provider it was, a Service that is none any more does not say. */
function removing(service: Frozen<Service>, [cloud, ...others]: readonly CloudPlace[]): readonly Action[] {
  const name = balancerName(service);
  if (!cloud) {
    const finalizers = (service.metadata.finalizers ?? []).filter((each) => each !== finalizer);
    const patch = { metadata: { finalizers }, status: { loadBalancer: { ingress: null } } };
    return [{ ...patching(service, patch), report: tell(service, "DeletedLoadBalancer", "Deleted load balancer") }];
  }
  const why = (message: string) => failing(service, `failed to delete load balancer: ${message}`);
  const look = askCloud(aboutOf(service), { cloud, request: { op: "ListLoadBalancers" } }, (listed) => {
    if (!listed.ok) return why(listed.failure.message);
    const isThere = (listed.value as readonly Balancer[]).some((each) => each.name === name);
    if (!isThere) return removing(service, others);
    const request = { op: "EnsureLoadBalancerDeleted", name } as const;
    const report = tell(service, "DeletingLoadBalancer", "Deleting load balancer");
    return [
      { op: "tell", kind: serviceKind, object: service, report },
      askCloud(aboutOf(service), { cloud, request }, (answer) =>
        answer.ok ? removing(service, others) : why(answer.failure.message),
      ),
    ];
  });
  return [look];
}
