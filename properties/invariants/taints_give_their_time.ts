import { toleratesTaint } from "../../actors/api/toleration.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

type Taint = NonNullable<Frozen<Node>["spec"]["taints"]>[number];

const nodesPrefix = "/registry/minions/";
const podsPrefix = "/registry/pods/";
/** Clocks of actors show whole milliseconds. */
const roundedMs = 2;

/**
 * A pod is driven off a node by a taint only when it has borne that for as long as it says that it does: a node that is
 * not heard of for some seconds loses no pod.
 */
export const taintsGiveTheirTime: Invariant = {
  name: "taints give pods the time that they ask for",
  watch() {
    /** When each taint came first, by node. */
    const seen = new Map<string, { readonly taint: Taint; readonly sinceMs: number }[]>();

    function noteTaints(name: string, { spec }: Frozen<Node>, atMs: number) {
      const known = seen.get(name) ?? [];
      for (const taint of spec.taints ?? []) {
        if (taint.effect !== "NoExecute" || known.some((each) => each.taint.key === taint.key)) continue;
        known.push({ taint, sinceMs: atMs });
      }
      seen.set(name, known);
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (object && key.startsWith(nodesPrefix)) {
          noteTaints(key.slice(nodesPrefix.length), object as Frozen<Node>, atMs);
          return undefined;
        }
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        if (!isDrivenOff(pod) || (previous && isDrivenOff(previous as Frozen<Pod>))) return undefined;
        const taints = seen.get(pod.spec.nodeName ?? "") ?? [];
        if (taints.some(({ taint, sinceMs }) => atMs - sinceMs >= bornMs(pod, taint) - roundedMs)) return undefined;
        return `Pod ${key.slice(podsPrefix.length)} was driven off ${pod.spec.nodeName}, whose taints it bears for longer`;
      },
    };
  },
};

function isDrivenOff({ status }: Frozen<Pod>): boolean {
  return status.conditions?.some(({ reason }) => reason === "DeletionByTaintManager") ?? false;
}

/** How long a pod bears a taint: the first toleration that fits is the one that counts. */
function bornMs({ spec }: Frozen<Pod>, taint: Taint): number {
  const toleration = spec.tolerations?.find((each) => toleratesTaint(each, taint));
  if (!toleration) return 0;
  return (toleration.tolerationSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
}
