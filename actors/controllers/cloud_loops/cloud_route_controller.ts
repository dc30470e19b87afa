import { getCondition } from "../../api/conditions.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { CloudRoute } from "../../cloud/messages.ts";
import { askCloud, cloudOf } from "../clouds/ask_cloud.ts";
import { type CloudPlace, defineLoop, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";

const routesKey = "routes";
const reconcileMs = 10_000;

interface Memory {
  readonly clouds: readonly CloudPlace[];
}

/**
 * Has providers lead packets to the pods of their nodes, and says so in the nodes' condition NetworkUnavailable.
 *
 * It watches Nodes and writes their status. It follows k8s.io/cloud-provider's controllers/route.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/cloud-controller/#route-controller
 */
export const cloudRouteController = defineLoop<true, readonly Frozen<Node>[], readonly Frozen<Node>[], Memory>({
  name: "cloud-route",
  component: "route_controller",
  account: "route-controller",
  keys: [routesKey],
  watches: [
    watch<Node>({
      kind: nodeKind,
      keys: ({ object, previous }) =>
        previous?.spec.providerID === object.spec.providerID && previous ? [] : [routesKey],
    }),
  ],
  begin: ({ clouds = [] }) => ({ clouds }),

  obtain: () => true,

  observe: (_all, listers) => [...listers.of<Node>(nodeKind).values()],

  difference: (_all, nodes) => nodes,

  reconcile(nodes, { memory, nowMs }): Plan {
    const actions = memory.clouds.map((cloud) => {
      const own = nodes.filter((node) => cloudOf(node, [cloud]) !== undefined);
      return routing(own, { cloud, nowMs });
    });
    return { actions, againAfterMs: reconcileMs };
  },
});

interface At {
  readonly cloud: CloudPlace;
  readonly nowMs: number;
}

function routing(nodes: readonly Frozen<Node>[], at: At): Action {
  const { cloud } = at;
  const about = { kind: nodeKind, name: cloud.name };
  return askCloud(about, { cloud, request: { op: "ListRoutes" } }, (answer) => {
    if (!answer.ok) return [{ op: "fail", ...about, message: `error listing routes: ${answer.failure.message}` }];
    const routes = answer.value as readonly CloudRoute[];
    const isWanted = ({ node, cidr }: CloudRoute) =>
      nodes.some(({ metadata, spec }) => metadata.name === node && podCidrsOf(spec).includes(cidr));
    const extra = routes.filter((route) => !isWanted(route));
    return [
      ...nodes.flatMap((node) => leading(node, routes, at)),
      ...extra.map(({ name }) =>
        askCloud(about, { cloud, request: { op: "DeleteRoute", name } }, (gone) =>
          gone.ok ? [] : [{ op: "fail", ...about, message: gone.failure.message }],
        ),
      ),
    ];
  });
}

function leading(node: Frozen<Node>, routes: readonly CloudRoute[], { cloud, nowMs }: At): readonly Action[] {
  const { name } = node.metadata;
  const cidrs = podCidrsOf(node.spec);
  if (cidrs.length === 0) return [];
  const missing = cidrs.filter((cidr) => !routes.some((route) => route.node === name && route.cidr === cidr));
  const [cidr] = missing;
  if (cidr === undefined) return saying(node, true, nowMs);
  const about = { kind: nodeKind, name };
  const route = { name: `${node.metadata.uid}-${cidr}`, node: name, cidr };
  return [
    askCloud(about, { cloud, request: { op: "CreateRoute", route } }, (answer) => {
      if (answer.ok) return leading(node, [...routes, route], { cloud, nowMs });
      const message = `Could not create route ${route.name} ${cidr} for node ${name}: ${answer.failure.message}`;
      const report = { about: node, type: "Warning", reason: "FailedToCreateRoute", message } as const;
      return [{ op: "tell", kind: nodeKind, object: node, report }, ...saying(node, false, nowMs)];
    }),
  ];
}

function podCidrsOf({ podCIDR = "", podCIDRs = [podCIDR] }: Frozen<Node>["spec"]): readonly string[] {
  return podCIDRs.filter((cidr) => cidr !== "");
}

/** Nothing where it says so already. */
function saying(node: Frozen<Node>, isRouted: boolean, nowMs: number): readonly Action[] {
  const type = "NetworkUnavailable";
  const status = isRouted ? "False" : "True";
  if (getCondition(node.status.conditions, type)?.status === status) return [];
  const [reason, message] = isRouted
    ? ["RouteCreated", "RouteController created a route"]
    : ["NoRouteCreated", "RouteController failed to create a route"];
  const now = formatTime(nowMs);
  const condition = { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
  const patch = { status: { conditions: [condition] } };
  const { name } = node.metadata;
  return [{ op: "patch", kind: nodeKind, name, subresource: "status", patch, accept: ["NotFound"] }];
}
