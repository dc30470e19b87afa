import type { PodInfo } from "../pod_info.ts";

/** Pods that wait for room being made for them on a certain node. */
export interface Nominator {
  nominate(info: PodInfo, node: string): void;
  clear(uid: string): void;
  nodeOf(uid: string): string | undefined;
  /** Those nominated to a node. */
  on(node: string): Iterable<PodInfo>;
  readonly size: number;
}

const nobody: readonly PodInfo[] = [];

/** Makes a nominator without any nomination. */
export function createNominator(): Nominator {
  const nodes = new Map<string, string>();
  const pods = new Map<string, Map<string, PodInfo>>();
  function clear(uid: string) {
    const node = nodes.get(uid);
    if (node === undefined) return;
    nodes.delete(uid);
    const onNode = pods.get(node);
    onNode?.delete(uid);
    if (onNode?.size === 0) pods.delete(node);
  }
  return {
    nominate(info, node) {
      clear(info.uid);
      nodes.set(info.uid, node);
      const onNode = pods.get(node);
      if (onNode) onNode.set(info.uid, info);
      else pods.set(node, new Map([[info.uid, info]]));
    },
    clear,
    nodeOf: (uid) => nodes.get(uid),
    on: (node) => pods.get(node)?.values() ?? nobody,
    get size() {
      return nodes.size;
    },
  };
}
