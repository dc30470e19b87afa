import { podRequests } from "../../../actors/api/pod.ts";
import { millisOf } from "../../../actors/api/quantity.ts";
import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";
import type { Facts } from "./facts.ts";
import { isTerminal, type Story } from "./stories.ts";

const cpuOf = ({ spec }: Frozen<Pod>) => podRequests(spec).get("cpu") ?? 0;

/** Why a pod should not be waiting any more for what it is to have: there is room for it beside all others of its node. */
export function whyWaits({ pod, uid }: Story, { stories }: Facts): string | undefined {
  const pending = pod.status.conditions?.find(({ type }) => type === "PodResizePending");
  const { nodeName = "" } = pod.spec;
  const node = stories.object("nodes", nodeName) as Frozen<Node> | undefined;
  if (!pending || !node) return undefined;
  const has = millisOf(node.status.allocatable?.cpu);
  const others = [...stories.all.values()].filter(
    (each) => each.uid !== uid && each.goneMs === undefined && each.pod.spec.nodeName === nodeName,
  );
  if (pending.reason === "Infeasible")
    return cpuOf(pod) <= has ? `asks for ${cpuOf(pod)}m of ${has}m, and is told that it never can` : undefined;
  const used = others.filter((each) => !isTerminal(each.pod)).reduce((sum, each) => sum + cpuOf(each.pod), 0);
  if (cpuOf(pod) > has) return `asks for ${cpuOf(pod)}m of ${has}m, and is told to wait`;
  return used + cpuOf(pod) <= has ? `waits for ${cpuOf(pod)}m, and ${has - used}m are free` : undefined;
}
