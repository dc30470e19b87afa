import { getCondition } from "../../actors/api/conditions.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import { parseTime } from "../../actors/api/time.ts";
import type { Frozen, KubeObject, Pod, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** What owners of pods say of them. */
interface Counting extends KubeObject {
  readonly spec?: { readonly minReadySeconds?: number };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly numberReady?: number;
    readonly numberAvailable?: number;
  };
}

const folders = ["replicasets", "controllers", "statefulsets", "daemonsets"].map((each) => `/registry/${each}/`);

/**
 * No owner of pods counts more of them than it ever had, nor more as ready or available than ever were ready. At rest
 * ReplicaSets count what there is.
 */
export const statusesCountPods: Invariant = {
  name: "statuses count pods that there are",
  watch(world) {
    const [made, ready] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
    /** When a pod was first ready by its own words, which a kubelet that is cut off says late, by its uid. */
    const readyMs = new Map<string, number>();
    // For how long a pod has been ready its owner tells by its own clock.
    const areClocksRight = !world.definition.faults.some(({ kind }) => kind === "clockSkew");

    function note(pod: Frozen<Pod>, atMs: number) {
      const { uid = "" } = pod.metadata;
      if (isPodReady(pod) && !readyMs.has(uid)) readyMs.set(uid, Math.min(atMs, saidMs(pod, world.startMs) ?? atMs));
      const owner = getControllerOf(pod)?.uid;
      if (owner === undefined) return;
      add(made, owner, pod.metadata.uid ?? "");
      if (isPodReady(pod)) add(ready, owner, pod.metadata.uid ?? "");
    }

    function judge({ metadata, spec, status = {} }: Frozen<Counting>, atMs: number): string | undefined {
      const { uid = "" } = metadata;
      const [pods, readyPods] = [made.get(uid)?.size ?? 0, ready.get(uid)?.size ?? 0];
      if ((status.replicas ?? 0) > pods) return `counts ${status.replicas} pods, it ever had ${pods}`;
      const { readyReplicas, availableReplicas, numberReady, numberAvailable } = status;
      const told = Math.max(readyReplicas ?? 0, availableReplicas ?? 0, numberReady ?? 0, numberAvailable ?? 0);
      if (told > readyPods) return `counts ${told} ready pods, ${readyPods} of its pods ever were`;
      const { minReadySeconds = 0 } = spec ?? {};
      const forMs = (minReadySeconds - 1) * 1_000;
      const proven = [...(ready.get(uid) ?? [])].filter((each) => atMs - (readyMs.get(each) ?? atMs) >= forMs).length;
      if (!areClocksRight || forMs <= 0 || (availableReplicas ?? 0) <= proven) return undefined;
      return `counts ${availableReplicas} available pods, ${proven} have ever been ready for ${minReadySeconds} s`;
    }

    return {
      commit({ key, object, atMs }) {
        if (!object) return undefined;
        if (key.startsWith("/registry/pods/")) return void note(object as Frozen<Pod>, atMs);
        if (!folders.some((each) => key.startsWith(each))) return undefined;
        const why = judge(object as Frozen<Counting>, atMs);
        return why && `${key} ${why}`;
      },
      end() {
        for (const { metadata, status } of world.list<ReplicaSet>("/registry/replicasets/")) {
          const own = world.list<Pod>("/registry/pods/").filter((pod) => getControllerOf(pod)?.uid === metadata.uid);
          const living = own.filter(({ status: { phase } }) => phase !== "Failed" && phase !== "Succeeded");
          const readies = living.filter(isPodReady).length;
          const told = [status.replicas ?? 0, status.readyReplicas ?? 0, status.fullyLabeledReplicas ?? 0];
          const isTold = told.join() === [living.length, readies, living.length].join();
          if (isTold && status.observedGeneration === metadata.generation) continue;
          return `ReplicaSet ${metadata.name} says ${JSON.stringify(status)}, it has ${living.length} pods, ${readies} ready`;
        }
        return undefined;
      },
    };
  },
};

function saidMs({ status }: Frozen<Pod>, startMs: number): number | undefined {
  const since = getCondition(status.conditions, "Ready")?.lastTransitionTime;
  const atMs = since ? parseTime(since) : undefined;
  return atMs && atMs - startMs;
}

function add(sets: Map<string, Set<string>>, key: string, value: string) {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
