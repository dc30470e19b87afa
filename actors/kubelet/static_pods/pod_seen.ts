import type { Step } from "../../../runtime/mod.ts";
import type { Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import type { KubeletData } from "../data.ts";
import { podChanged } from "../pod/pod_manager.ts";
import { mirrorChanged } from "./mirrors.ts";
import { isMirror } from "./static_pod.ts";

/** The API shows a pod of this node: one that is to run here, or the mirror of one that does. */
export function podSeen(data: KubeletData, change: Change<Pod>, step: Step): void {
  const { object, previous } = change;
  if (previous && isMirror(previous) !== isMirror(object)) {
    podSeen(data, { type: "deleted", object: previous }, step);
    podSeen(data, { type: "added", object }, step);
  } else if (isMirror(object)) mirrorChanged(data, change, step);
  else podChanged(data, change, step);
}
