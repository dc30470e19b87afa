import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Deployment, Frozen, KubeObject, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { Commit, World } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";
import { brokenImages } from "../workload/manifests.ts";
import { recent, remember, type Since } from "./_recent.ts";

/** What one version of a Deployment's spec allows. */
interface Bounds extends Since {
  readonly podsMax: number;
  readonly availableMin: number;
}

/** How many of a ReplicaSet's pods are available. */
interface Available extends Since {
  readonly count: number;
  /** Fewer than before, and than it should have: somebody took some, or they failed. */
  readonly isHurt: boolean;
}

/** A write that takes pods away. */
interface Taken {
  readonly set: Frozen<ReplicaSet>;
  readonly previous: Frozen<ReplicaSet> | undefined;
  readonly before: number;
  readonly owner: string;
  readonly nowMs: number;
}

/**
 * A Deployment's controller never asks for more pods than maxSurge allows, and never takes away available pods below
 * what maxUnavailable allows. Judged write by write, on the ReplicaSets: what faults do to running pods is not the
 * controller's doing.
 */
export const rollingUpdatesKeepTheirBounds: Invariant = {
  name: "maxSurge and maxUnavailable hold",
  watch(world) {
    const bounds = new Map<string, Bounds[]>();
    const isHurtful = world.definition.workload.some(hurts);
    const available = new Map<string, Available[]>();

    function noteDeployment({ object, atMs }: Commit) {
      const deployment = object as unknown as Frozen<Deployment> | undefined;
      if (deployment) remember(bounds, deployment.metadata.uid ?? "", { ...boundsOf(deployment), fromMs: atMs });
    }

    function noteAvailable(set: Frozen<ReplicaSet>, atMs: number) {
      const uid = set.metadata.uid ?? "";
      const count = set.status?.availableReplicas ?? 0;
      const isHurt = count < sizeOf(set) && count < (available.get(uid)?.at(-1)?.count ?? 0);
      remember(available, uid, { fromMs: atMs, count, isHurt });
    }

    function judge({ object, previous, atMs }: Commit): string | undefined {
      const set = object as unknown as Frozen<ReplicaSet> | undefined;
      if (!set) return undefined;
      const owner = getControllerOf(set);
      const allowed = recent(bounds.get(owner?.uid ?? "") ?? [], atMs);
      const before = (previous as unknown as Frozen<ReplicaSet> | undefined)?.spec?.replicas ?? 0;
      const after = set.spec?.replicas ?? 0;
      noteAvailable(set, atMs);
      if (!owner || allowed.length === 0 || after === before) return undefined;
      const siblings = siblingsOf(world, owner.uid);
      return after > before
        ? judgeSurge(sum(siblings, sizeOf), Math.max(...allowed.map(({ podsMax }) => podsMax)), owner.name)
        : judgeAvailable(
            siblings,
            { set, previous: previous as unknown as Frozen<ReplicaSet>, before, owner: owner.name, nowMs: atMs },
            Math.min(...allowed.map((each) => each.availableMin)),
          );
    }

    function judgeAvailable(
      siblings: readonly Frozen<ReplicaSet>[],
      { set, previous, before, owner, nowMs }: Taken,
      availableMin: number,
    ): string | undefined {
      const lately = (each: Frozen<ReplicaSet>) => recent(available.get(each.metadata.uid ?? "") ?? [], nowMs);
      const most = (each: Frozen<ReplicaSet>) => Math.max(0, ...lately(each).map(({ count }) => count));
      const left = sum(siblings, (each) => Math.min(sizeOf(each), most(each)));
      // What somebody else left unavailable goes first, and may go whatever is left: it was no available pod.
      const hurt = lately(set).filter(({ isHurt }) => isHurt && isHurtful);
      const fewest = Math.min(most(set), ...hurt.map(({ count }) => count));
      const taken = Math.min(before, fewest) - Math.min(sizeOf(set), fewest);
      if (taken <= 0 || left >= availableMin || isScaling(set, previous)) return undefined;
      return `Deployment ${owner} was left with at most ${left} available pods, maxUnavailable asks for ${availableMin}`;
    }

    return {
      commit(commit) {
        if (commit.key.startsWith("/registry/deployments/")) noteDeployment(commit);
        else if (commit.key.startsWith("/registry/replicasets/")) return judge(commit);
        return undefined;
      },
    };
  },
};

const takers: ReadonlySet<Command["op"]> = new Set(["evictPods", "killPods", "deleteNode", "taint"] as const);

/** Whether pods that are available may be driven off because of it, or end by themselves. */
function hurts(command: Command): boolean {
  if (command.op === "setImage") return command.image in brokenImages;
  return takers.has(command.op) || (command.op === "make" && command.kind === "PriorityClass");
}

function sizeOf({ spec }: Frozen<ReplicaSet>): number {
  return spec?.replicas ?? 0;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, each) => total + of(each), 0);
}

function judgeSurge(total: number, podsMax: number, owner: string): string | undefined {
  return total > podsMax ? `Deployment ${owner} was scaled up to ${total} pods, maxSurge allows ${podsMax}` : undefined;
}

/** When the Deployment itself was scaled, all its ReplicaSets are, in proportion, and nobody promises availability. */
function isScaling(set: Frozen<ReplicaSet>, previous: Frozen<ReplicaSet> | undefined): boolean {
  const desired = "deployment.kubernetes.io/desired-replicas";
  return set.metadata.annotations?.[desired] !== previous?.metadata.annotations?.[desired];
}

function siblingsOf(world: World, ownerUid: string): readonly Frozen<ReplicaSet>[] {
  return world
    .list<ReplicaSet>("/registry/replicasets/")
    .filter((each) => getControllerOf(each as Frozen<KubeObject>)?.uid === ownerUid);
}

function boundsOf({ spec }: Frozen<Deployment>): Omit<Bounds, "fromMs"> {
  const replicas = spec?.replicas ?? 1;
  if (spec?.strategy?.type === "Recreate") return { podsMax: replicas, availableMin: 0 };
  const rolling = spec?.strategy?.rollingUpdate;
  const surge = share(rolling?.maxSurge ?? "25%", replicas, Math.ceil);
  const unavailable = share(rolling?.maxUnavailable ?? "25%", replicas, Math.floor);
  // Both zero cannot make progress: Kubernetes then takes maxUnavailable as one.
  const lacking = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { podsMax: replicas + surge, availableMin: Math.max(0, replicas - lacking) };
}

function share(value: number | string, of: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  return round((Number.parseInt(value, 10) * of) / 100);
}
