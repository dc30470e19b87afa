import type { NodeInfo } from "./node_info.ts";

/** The known nodes in the order they are tried: one of each zone in turn, so that a sample of them spans the zones. */
export function nodeOrder(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const info of nodes) {
    if (info.node === undefined) continue;
    const zone = zones.get(info.zone);
    if (zone) zone.push(info);
    else zones.set(info.zone, [info]);
  }
  const lists = [...zones.values()];
  const [only] = lists;
  if (lists.length === 1 && only) return only;
  const order: NodeInfo[] = [];
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  for (let index = 0; index < longest; index++) {
    for (const list of lists) {
      const info = list[index];
      if (info) order.push(info);
    }
  }
  return order;
}
