import { type Cidr, cidrOf, formatIpv4, parseCidr } from "../../api/cidr.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import type { Frozen, KubeObject, Node } from "../../api/types.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import { nothingToDo, type Plan } from "../plan.ts";

/** A node without a range for its pods. */
type Desired = Frozen<Node>;

/** Ranges that nobody has, and what was given but is not seen yet, by node. */
interface Memory {
  readonly given: Map<string, string>;
}

interface Difference {
  readonly node: Desired;
  /** Undefined: there is none left. */
  readonly range: string | undefined;
}

/** All pods' addresses, as the network of the nodes has them, and how many bits of one are its node's. */
const clusterCidr: Cidr = parseCidr("10.128.0.0/9");
const nodeSize = 2 ** (32 - 24);
const noRange = "CIDRNotAvailable";

/**
 * Gives each node a range of addresses for its pods, if it has none: kubelets here come with theirs, which the routes
 * between computers follow, so these are nodes that somebody wrote down.
 *
 * It watches Nodes and writes their `podCIDR`. It follows Kubernetes' range allocator in pkg/controller/nodeipam.
 */
export const nodeIpam = defineLoop<Desired, ReadonlySet<number>, Difference, Memory>({
  name: "node-ipam",
  component: "cidrAllocator",
  account: "node-controller",
  // One after the other: each is given what the one before was not.
  workersMax: 1,
  watches: [
    watch<Node, Memory>({
      kind: nodeKind,
      keys({ type, object }, { listers, memory }) {
        const { name } = object.metadata;
        if (type !== "deleted") return hasRange(object) ? [] : [name];
        memory.given.delete(name);
        // What it had may be what another one waits for.
        return [...listers.of(nodeKind).values()]
          .filter((each) => !hasRange(each))
          .map(({ metadata }) => metadata.name);
      },
    }),
  ],
  begin: () => ({ given: new Map() }),

  obtain(key, listers) {
    const found = listers.of(nodeKind).get(key);
    return found && !hasRange(found) && found.metadata.deletionTimestamp === undefined ? found : undefined;
  },

  observe: (node, listers, { memory }) => takenRanges(node.metadata.name, listers, memory),

  difference(node, taken, { memory }) {
    const range = memory.given.get(node.metadata.name) ?? firstFree(taken);
    if (range !== undefined) memory.given.set(node.metadata.name, range);
    return { node, range };
  },

  reconcile({ node, range }): Plan {
    const about = node as Frozen<KubeObject>;
    const { name, uid = "" } = node.metadata;
    if (range === undefined) {
      const message = `Node ${name} status is now: ${noRange}`;
      const report = { about, type: "Normal", reason: noRange, message } as const;
      return { actions: [{ op: "tell", kind: nodeKind, object: about, report }] };
    }
    const patch = { metadata: { uid }, spec: { podCIDR: range, podCIDRs: [range] } };
    return { ...nothingToDo, actions: [{ op: "patch", kind: nodeKind, name, patch, accept: ["NotFound"] }] };
  },
});

function hasRange({ spec }: Frozen<Node>): boolean {
  return (spec?.podCIDR ?? "") !== "";
}

/** The places in the cluster's range that other nodes have, as far as they are seen or were given. */
function takenRanges(name: string, listers: Listers, { given }: Memory): ReadonlySet<number> {
  const taken = new Set<number>();
  const take = (text: string) => {
    const range = cidrOf(text);
    if (!range) return;
    const [first, last] = [range.first - clusterCidr.first, range.first + range.size - 1 - clusterCidr.first];
    for (let at = Math.floor(first / nodeSize); at <= Math.floor(last / nodeSize); at++) taken.add(at);
  };
  for (const { metadata, spec } of listers.of(nodeKind).values()) {
    if (metadata.name === name) continue;
    for (const text of spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])) take(text);
  }
  for (const [other, text] of given) if (other !== name) take(text);
  return taken;
}

function firstFree(taken: ReadonlySet<number>): string | undefined {
  for (let at = 0; at < clusterCidr.size / nodeSize; at++) {
    if (!taken.has(at)) return `${formatIpv4(clusterCidr.first + at * nodeSize)}/24`;
  }
  return undefined;
}
