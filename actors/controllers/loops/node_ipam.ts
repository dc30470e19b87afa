import { addressAt, type Cidr, cidrOf } from "../../api/cidr.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import type { Frozen, KubeObject, Node } from "../../api/types.ts";
import { bitsOf } from "../../kit/ip_number.ts";
import { defineLoop, type Listers, type NodeCidrs, watch } from "../loop.ts";
import { nothingToDo, type Plan } from "../plan.ts";

/** A node without a range for its pods. */
type Desired = Frozen<Node>;

/** All that there is to give, and what was given but is not seen yet, by node. */
interface Memory {
  readonly pools: readonly Pool[];
  readonly given: Map<string, readonly string[]>;
}

/** The ranges of one family. */
interface Pool {
  readonly cidr: Cidr;
  /** How many addresses a node's range has, and how many bits it leaves to others. */
  readonly size: bigint;
  readonly bits: number;
  /** How many such ranges are given. */
  readonly count: bigint;
}

interface Difference {
  readonly node: Desired;
  /** One of each family; undefined: there is none left of one of them. */
  readonly ranges: readonly string[] | undefined;
}

/** All pods' addresses, as the network of the nodes has them. */
const usual: NodeCidrs = { ranges: "10.128.0.0/9", sizes: {} };
const sizesDefault = { IPv4: 24, IPv6: 64 } as const;
const noRange = "CIDRNotAvailable";
/** A pool may hold more ranges than are counted through for one node. As many as Kubernetes lets there be. */
const rangesMax = 2n ** 16n;

/**
 * Gives each node a range of addresses of each family for its pods, if it has none: kubelets here come with theirs, which the routes
 * between computers follow, so these are nodes that somebody wrote down.
 *
 * It watches Nodes and writes their `podCIDR`. It follows Kubernetes' range allocator in pkg/controller/nodeipam.
 */
export const nodeIpam = defineLoop<Desired, readonly ReadonlySet<bigint>[], Difference, Memory>({
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
  begin: ({ nodeCidrs = usual }) => ({ pools: poolsOf(nodeCidrs), given: new Map() }),

  obtain(key, listers) {
    const found = listers.of(nodeKind).get(key);
    return found && !hasRange(found) && found.metadata.deletionTimestamp === undefined ? found : undefined;
  },

  observe: (node, listers, { memory }) => takenRanges(node.metadata.name, listers, memory),

  difference(node, taken, { memory }) {
    const ranges = memory.given.get(node.metadata.name) ?? firstFree(memory.pools, taken);
    if (ranges !== undefined) memory.given.set(node.metadata.name, ranges);
    return { node, ranges };
  },

  reconcile({ node, ranges }): Plan {
    const about = node as Frozen<KubeObject>;
    const { name, uid = "" } = node.metadata;
    if (ranges === undefined) {
      const message = `Node ${name} status is now: ${noRange}`;
      const report = { about, type: "Normal", reason: noRange, message } as const;
      return { actions: [{ op: "tell", kind: nodeKind, object: about, report }] };
    }
    const patch = { metadata: { uid }, spec: { podCIDR: ranges[0] ?? "", podCIDRs: [...ranges] } };
    return { ...nothingToDo, actions: [{ op: "patch", kind: nodeKind, name, patch, accept: ["NotFound"] }] };
  },
});

function hasRange({ spec }: Frozen<Node>): boolean {
  return (spec?.podCIDR ?? "") !== "";
}

function poolsOf({ ranges, sizes }: NodeCidrs): readonly Pool[] {
  return ranges.split(",").flatMap((text) => {
    const cidr = cidrOf(text);
    if (!cidr) return [];
    const bits = sizes[cidr.family] ?? sizesDefault[cidr.family];
    const size = 1n << BigInt(bitsOf(cidr.family) - bits);
    const whole = cidr.size / size;
    return [{ cidr, bits, size, count: whole < rangesMax ? whole : rangesMax }];
  });
}

/** The places in the cluster's ranges that other nodes have, as far as they are seen or were given. */
function takenRanges(name: string, listers: Listers, { given, pools }: Memory): readonly ReadonlySet<bigint>[] {
  const taken = pools.map(() => new Set<bigint>());
  const take = (text: string) => {
    const range = cidrOf(text);
    if (!range) return;
    for (const [at, { cidr, size, count }] of pools.entries()) {
      if (cidr.family !== range.family) continue;
      const [first, last] = [range.first - cidr.first, range.first + range.size - 1n - cidr.first];
      // What ends before the pool has nothing of it: a negative quotient would be rounded up to its first place.
      if (last < 0n) continue;
      // What reaches beyond the pool takes nothing there.
      const end = last / size < count ? last / size : count - 1n;
      for (let place = first < 0n ? 0n : first / size; place <= end; place++) taken[at]?.add(place);
    }
  };
  for (const { metadata, spec } of listers.of(nodeKind).values()) {
    if (metadata.name === name) continue;
    for (const text of spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])) take(text);
  }
  for (const [other, texts] of given) if (other !== name) for (const text of texts) take(text);
  return taken;
}

function firstFree(pools: readonly Pool[], taken: readonly ReadonlySet<bigint>[]): readonly string[] | undefined {
  const ranges = pools.flatMap(({ cidr, size, bits, count }, at) => {
    for (let place = 0n; place < count; place++) {
      if (!taken[at]?.has(place)) return [`${addressAt(cidr, place * size)}/${bits}`];
    }
    return [];
  });
  return ranges.length < pools.length ? undefined : ranges;
}
