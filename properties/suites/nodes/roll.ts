import { getCondition } from "../../../actors/api/conditions.ts";
import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";
import type { ModelChange } from "../model/messages.ts";

const zoneLabel = "topology.kubernetes.io/zone";

/** A node that is there, and since when what counts has been so. */
export interface Known {
  readonly name: string;
  readonly zone: string;
  readonly node: Frozen<Node>;
  /** When its kubelet said something last. */
  readonly heardMs: number;
  /** Since when it has been ready; undefined: it is not. */
  readonly readyMs: number | undefined;
  /** When whether it is ready changed last. */
  readonly changedMs: number;
  /** Since when it has driven pods off. */
  readonly evictsMs: number | undefined;
}

/** The nodes and pods that there are, by their names. */
export interface Roll {
  readonly nodes: ReadonlyMap<string, Known>;
  readonly pods: ReadonlyMap<string, Frozen<Pod>>;
  /** When nodes that are not there went. */
  readonly goneMs: ReadonlyMap<string, number>;
  /** Nodes that have ever driven pods off, or gone. */
  readonly shaken: ReadonlySet<string>;
  /** Takes a change in; the node that it changed, if it was one. */
  take(change: ModelChange): Known | undefined;
}

/** Makes an empty one. */
export function createRoll(): Roll {
  const [nodes, pods] = [new Map<string, Known>(), new Map<string, Frozen<Pod>>()];
  const [goneMs, shaken] = [new Map<string, number>(), new Set<string>()];

  function takeNode({ object, previous, by, atMs }: ModelChange): Known | undefined {
    const name = (object ?? previous)?.metadata.name ?? "";
    if (!object) {
      nodes.delete(name);
      goneMs.set(name, atMs);
      shaken.add(name);
      return undefined;
    }
    const node = object as unknown as Frozen<Node>;
    const before = nodes.get(name);
    const ready = readyOf(node);
    const wasReady = before && readyOf(before.node);
    const isHeard = !by && (!before || ready?.lastHeartbeatTime !== wasReady?.lastHeartbeatTime);
    const isSame = before && wasReady?.status === ready?.status;
    const isEvicting = (node.spec.taints ?? []).some(({ effect }) => effect === "NoExecute");
    if (isEvicting) shaken.add(name);
    const known: Known = {
      ...{ name, node, zone: node.metadata.labels?.[zoneLabel] ?? "" },
      heardMs: isHeard ? atMs : (before?.heardMs ?? atMs),
      readyMs: ready?.status === "True" ? (before?.readyMs ?? atMs) : undefined,
      changedMs: isSame ? before.changedMs : atMs,
      evictsMs: isEvicting ? (before?.evictsMs ?? atMs) : undefined,
    };
    nodes.set(name, known);
    goneMs.delete(name);
    return known;
  }

  return {
    ...{ nodes, pods, goneMs, shaken },
    take(change) {
      const { resource, object, previous, by, atMs } = change;
      const name = (object ?? previous)?.metadata.name ?? "";
      if (resource === "nodes") return takeNode(change);
      if (resource === "leases") {
        const known = nodes.get(name);
        if (known && object && !by) nodes.set(name, { ...known, heardMs: atMs });
      }
      if (resource === "pods" && object) pods.set(name, object as unknown as Frozen<Pod>);
      else if (resource === "pods") pods.delete(name);
      return undefined;
    },
  };
}

const readyOf = ({ status }: Frozen<Node>) => getCondition(status.conditions, "Ready");
