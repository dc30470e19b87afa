import { type DaemonSet, daemonSet } from "../../../api/kinds/daemon_set.ts";
import { isPodAvailable, isPodReady } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { type Failures, waitMs } from "./failures.ts";
import type { Placement } from "./placement.ts";
import { byWorth, hashLabel } from "./pod.ts";

/** What is to be done about daemons. */
export interface Changes {
  /** The nodes that are to get one. */
  readonly create: string[];
  readonly remove: Frozen<Pod>[];
  /** What people are to hear of it. */
  readonly tell: Action[];
  /** When to look again. */
  againAfterMs: number | undefined;
}

/** One node, as the DaemonSet sees it. */
export interface OnNode {
  readonly set: Frozen<DaemonSet>;
  readonly node: string;
  readonly placement: Placement;
  readonly pods: readonly Frozen<Pod>[];
  /** Of the present template. */
  readonly hash: string;
  /** Whether a new daemon may be there beside the old one. */
  readonly surges: boolean;
  readonly failures: Failures;
  readonly nowMs: number;
  readonly uptimeMs: number;
}

/** Notes what one node lacks, and what is too much there. */
export function manageNode(on: OnNode, changes: Changes): void {
  const { shouldRun, mayStay } = on.placement;
  if (shouldRun && on.pods.length === 0) changes.create.push(on.node);
  else if (!mayStay) changes.remove.push(...on.pods.filter(isKept));
  else {
    const running = on.pods.filter((pod) => isKept(pod) && !hasEnded(pod, on, changes)).sort(byWorth);
    if (!on.surges) changes.remove.push(...running.slice(1));
    else if (running.length > 1) changes.remove.push(...surplus(running, on));
    // An old one that still goes does not keep the new one from coming.
    else if (running.length === 0 && shouldRun) changes.create.push(on.node);
  }
}

function isKept({ metadata }: Frozen<Pod>): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** A daemon that ended makes room for another; one that failed, after a while. */
function hasEnded(pod: Frozen<Pod>, { set, node, failures, uptimeMs }: OnNode, changes: Changes): boolean {
  const { phase } = pod.status;
  if (phase !== "Failed" && phase !== "Succeeded") return false;
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (phase === "Failed") {
    const leftMs = waitMs(failures, node, uptimeMs);
    if (leftMs > 0) {
      changes.againAfterMs = Math.min(changes.againAfterMs ?? leftMs, leftMs);
      return true;
    }
    const message = `Found failed daemon pod ${name} on node ${node}, will try to kill it`;
    changes.tell.push(tellingOf(set, { type: "Warning", reason: "FailedDaemonPod", message }));
  } else {
    const message = `Found succeeded daemon pod ${name} on node ${node}, will try to delete it`;
    changes.tell.push(tellingOf(set, { type: "Normal", reason: "SucceededDaemonPod", message }));
  }
  changes.remove.push(pod);
  return true;
}

function tellingOf(
  set: Frozen<DaemonSet>,
  said: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
): Action {
  return { op: "tell", kind: daemonSet, object: set, report: { about: set, ...said } };
}

/** Where it surges, an old daemon that is ready stays beside a new one until that is available; all else is too much. */
function surplus(running: readonly Frozen<Pod>[], { set, hash, nowMs }: OnNode): Frozen<Pod>[] {
  const isNew = ({ metadata }: Frozen<Pod>) => metadata.labels?.[hashLabel] === hash;
  const newest = running.find(isNew);
  const old = running.find((pod) => !isNew(pod));
  const removed = running.filter((pod) => pod !== newest && pod !== old);
  if (!newest || !old) return removed;
  const { minReadySeconds = 0 } = set.spec;
  const isReplaced = !isPodReady(old) || isPodAvailable(newest, { minReadySeconds, nowMs });
  return isReplaced ? [...removed, old] : removed;
}
