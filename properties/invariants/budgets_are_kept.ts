import type { PodDisruptionBudget } from "../../actors/api/kinds/pod_disruption_budget.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Deployment, Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const [prefix, podsPrefix] = ["/registry/poddisruptionbudgets/", "/registry/pods/"];
const deploymentsPrefix = "/registry/deployments/";
/** What is ready, and how much is asked for, is known within this time. */
const knownMs = 2_000;
/** Who is not ready any more, or is about to end, is not counted any longer than this. */
const countedMs = 1_400;

/**
 * An eviction leaves a budget as many ready pods as it asks for; those that were ready a moment ago count, where nothing
 * is wrong. At rest budgets say what there is.
 */
export const budgetsAreKept: Invariant = {
  name: "disruption budgets are kept",
  watch(world) {
    /** When each ready pod was last seen ready, or began to end, by its uid. */
    const lastReadyMs = new Map<string, number>();
    const changedMs = new Map<string, number>();
    /** When each Deployment was made, or last asked for another number of pods. */
    const resizedMs = new Map<string, number>();

    /** What a budget expects is what the Deployment asks for whose pods it counts, however many of them there are. */
    function miscounted({ metadata, spec, status }: Frozen<PodDisruptionBudget>, atMs: number): string | undefined {
      const isByShare = spec.maxUnavailable !== undefined || typeof spec.minAvailable === "string";
      const expected = status?.expectedPods ?? 0;
      const app = spec.selector?.matchLabels?.app;
      const key = `${deploymentsPrefix}${metadata.namespace}/${app}`;
      const deployment = world.get<Deployment>(key);
      const forMs = atMs - (resizedMs.get(key) ?? atMs);
      if (!isByShare || expected === 0 || !deployment || forMs < knownMs) return undefined;
      const isSame = expected === (deployment.spec.replicas ?? 1);
      if (isSame || isTroubled(world, { fromMs: atMs - 3 * knownMs, toMs: atMs })) return undefined;
      return `${metadata.name} expects ${expected} pods, its Deployment asks for ${deployment.spec.replicas}`;
    }

    /** Budgets of a pod that changes now count nobody who was not ready for a while. */
    function overcounted(pod: Frozen<Pod>, atMs: number): string | undefined {
      for (const { metadata, spec, status } of budgetsOf(world, pod)) {
        const { currentHealthy = 0 } = status ?? {};
        if (
          currentHealthy === 0 ||
          atMs - (changedMs.get(`${prefix}${metadata.namespace}/${metadata.name}`) ?? atMs) < knownMs
        )
          continue;
        const all = [...podsOf(world, { metadata, spec } as Frozen<PodDisruptionBudget>), pod];
        const isCounted = (each: Frozen<Pod>) => isServing(each) || lately(each, atMs, countedMs);
        const counted = new Set(all.filter(isCounted).map((each) => each.metadata.uid)).size;
        if (currentHealthy <= counted || isTroubled(world, { fromMs: atMs - 3 * knownMs, toMs: atMs })) continue;
        return `${metadata.name} counts ${currentHealthy} healthy pods, of which ${counted} were that lately`;
      }
      return undefined;
    }

    const lately = ({ metadata }: Frozen<Pod>, atMs: number, withinMs: number) =>
      atMs - (lastReadyMs.get(metadata.uid ?? "") ?? Number.NEGATIVE_INFINITY) < withinMs;

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(prefix)) {
          const [now, old] = [object, previous].map((each) =>
            JSON.stringify((each as Frozen<PodDisruptionBudget>)?.spec),
          );
          if (now !== old) changedMs.set(key, atMs);
          return object && miscounted(object as Frozen<PodDisruptionBudget>, atMs);
        }
        if (key.startsWith(deploymentsPrefix)) {
          const [now, old] = [object, previous].map((each) => (each as Frozen<Deployment> | undefined)?.spec.replicas);
          if (now !== old) resizedMs.set(key, atMs);
          return undefined;
        }
        if (!key.startsWith(podsPrefix)) return undefined;
        const [pod, old] = [object as Frozen<Pod> | undefined, previous as Frozen<Pod> | undefined];
        const told = old && overcounted(old, atMs);
        if (told) return told;
        if (old && isServing(old)) lastReadyMs.set(old.metadata.uid ?? "", atMs);
        if (!pod || !isEvicted(pod) || (old && isEvicted(old)) || !old || !isServing(old)) return undefined;
        if (isTroubled(world, { fromMs: atMs - 3 * knownMs, toMs: atMs })) return undefined;
        for (const budget of budgetsOf(world, pod)) {
          if (atMs - (changedMs.get(`${prefix}${budget.metadata.namespace}/${budget.metadata.name}`) ?? atMs) < knownMs)
            continue;
          const pods = podsOf(world, budget);
          const left = pods.filter((each) => isServing(each) || lately(each, atMs, knownMs));
          const others = left.filter(({ metadata }) => metadata.uid !== pod.metadata.uid).length;
          const { desiredHealthy = 0 } = budget.status ?? {};
          if (others < desiredHealthy)
            return `${key} was evicted, which leaves ${others} ready ones of ${desiredHealthy}`;
        }
        return undefined;
      },
      end() {
        for (const budget of world.list<PodDisruptionBudget>(prefix)) {
          const pods = podsOf(world, budget);
          const { status, metadata } = budget;
          const healthy = pods.filter(isServing).length;
          const told = [status?.currentHealthy, status?.expectedPods, status?.observedGeneration].join();
          const wanted = wantedOf(budget, pods.length);
          const allowed = Math.max(0, healthy - wanted);
          const isTold =
            told === [healthy, pods.length, metadata.generation].join() && status?.desiredHealthy === wanted;
          if (isTold && status?.disruptionsAllowed === allowed) continue;
          return `${metadata.name} says ${JSON.stringify(status)}: ${healthy} of ${pods.length} pods are healthy, ${wanted} are to be`;
        }
        return undefined;
      },
    };
  },
};

/** How many pods are to be ready; those that there are, are all that are expected. */
function wantedOf({ spec }: Frozen<PodDisruptionBudget>, pods: number): number {
  const { minAvailable, maxUnavailable } = spec;
  const share = (value: number | string) =>
    typeof value === "number" ? value : Math.ceil((Number.parseInt(value, 10) * pods) / 100);
  if (minAvailable !== undefined) return share(minAvailable);
  return Math.max(0, pods - share(maxUnavailable ?? 0));
}

const isServing = (pod: Frozen<Pod>) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod);

const isEvicted = ({ status }: Frozen<Pod>) =>
  status.conditions?.some(({ reason }) => reason === "EvictionByEvictionAPI") ?? false;

function budgetsOf(world: World, pod: Frozen<Pod>): readonly Frozen<PodDisruptionBudget>[] {
  return world.list<PodDisruptionBudget>(prefix).filter((budget) => isOf(budget, pod));
}

function podsOf(world: World, budget: Frozen<PodDisruptionBudget>): readonly Frozen<Pod>[] {
  return world.list<Pod>(podsPrefix).filter((pod) => isOf(budget, pod) && pod.status.phase !== "Failed");
}

function isOf({ metadata, spec }: Frozen<PodDisruptionBudget>, pod: Frozen<Pod>): boolean {
  if (pod.metadata.namespace !== metadata.namespace) return false;
  return Object.entries(spec.selector?.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels?.[key] === value);
}
