import type { Fields, Frozen, Pod } from "../../../actors/api/types.ts";
import { jsonEqual } from "../../../actors/api/types.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { ModelChange } from "../model/messages.ts";

/** A pod as the API has had it, from its making on. */
export interface Story {
  readonly uid: string;
  readonly key: string;
  readonly madeMs: number;
  /** As the API has it, or had it last. */
  pod: Frozen<Pod>;
  /** When users last changed anything of it. */
  changedMs: number;
  /** When its spec last changed; undefined: it never did. */
  respecMs: number | undefined;
  /** Whether users took what was told of its containers: a kubelet that begins anew has no other memory of a sandbox that is gone. */
  isWiped: boolean;
  /** When it was last told that its containers have not yet what they are to have. */
  unsizedMs: number | undefined;
  /** When its deletion began, and all that it was ever given for it, in milliseconds. */
  endsMs: number | undefined;
  readonly graces: number[];
  /** When it was last given less than before. */
  hastenedMs: number | undefined;
  goneMs: number | undefined;
  /** When it was first said how it went. */
  overMs: number | undefined;
  /** Whether somebody else than its kubelet said so first, which a kubelet that hears it late does not know. */
  isOverByOthers: boolean;
}

/** All pods that there ever were, and what else the API has. */
export interface Stories {
  /** By uid. */
  readonly all: ReadonlyMap<string, Story>;
  /** Objects of other kinds, as the API has them. */
  object(resource: string, name: string): Frozen<Fields> | undefined;
  /** When that was last written. */
  writtenMs(resource: string, name: string): number;
  take(change: ModelChange): Story | undefined;
}

/** The API is empty. */
export function createStories(): Stories {
  const all = new Map<string, Story>();
  const objects = new Map<string, { object: Frozen<Fields> | undefined; atMs: number }>();

  function take({ key, object, atMs, by }: ModelChange, uid: string): Story | undefined {
    const story = all.get(uid);
    if (!object) {
      if (story) story.goneMs = atMs;
      return story;
    }
    const pod = object as unknown as Frozen<Pod>;
    if (!story) {
      const made: Story = {
        uid,
        key,
        madeMs: atMs,
        pod,
        changedMs: atMs,
        respecMs: undefined,
        unsizedMs: undefined,
        isWiped: false,
        endsMs: undefined,
        graces: [],
        hastenedMs: undefined,
        goneMs: undefined,
        overMs: undefined,
        isOverByOthers: false,
      };
      all.set(uid, made);
      return made;
    }
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (deletionTimestamp !== undefined) {
      story.endsMs ??= atMs;
      const graceMs = deletionGracePeriodSeconds * 1_000;
      if (graceMs < (story.graces.at(-1) ?? 0)) story.hastenedMs = atMs;
      if (story.graces.at(-1) !== graceMs) story.graces.push(graceMs);
    }
    if (!isKubelet(by)) story.changedMs = atMs;
    if (!isKubelet(by) && pod.status.containerStatuses?.length === 0) story.isWiped = true;
    if (!jsonEqual(story.pod.spec, pod.spec)) story.respecMs = atMs;
    if (isUnsized(pod) || isUnsized(story.pod)) story.unsizedMs = atMs;
    if (isTerminal(pod) && story.overMs === undefined) {
      story.overMs = atMs;
      story.isOverByOthers = !isKubelet(by);
    }
    story.pod = pod;
    return story;
  }

  return {
    all,
    object: (resource, name) => objects.get(`${resource}/${name}`)?.object,
    writtenMs: (resource, name) => objects.get(`${resource}/${name}`)?.atMs ?? 0,
    take(change) {
      const { resource, object, previous, atMs } = change;
      const { uid = "", name } = (object ?? previous)?.metadata ?? { name: "" };
      if (resource === "pods") return take(change, uid);
      objects.set(`${resource}/${name}`, { object, atMs });
      return undefined;
    },
  };
}

/** Whether somebody is a kubelet. */
export function isKubelet(by: Address | undefined): boolean {
  return by?.startsWith("kubelet/") ?? false;
}

type PodContainer = Pod["spec"]["containers"][number];

/** A container as its pod's spec has it, and what it is there for. */
export interface Part {
  readonly role: "init" | "sidecar" | "main" | "ephemeral";
  readonly spec: Frozen<PodContainer>;
}

/** The containers of a pod in the order in which they begin. */
export function partsOf({ spec }: Frozen<Pod>): readonly Part[] {
  const inits = (spec.initContainers ?? []).map((each): Part => {
    return { role: each.restartPolicy === "Always" ? "sidecar" : "init", spec: each };
  });
  const mains = spec.containers.map((each): Part => ({ role: "main", spec: each }));
  const later = (spec.ephemeralContainers ?? []).map(
    (each): Part => ({ role: "ephemeral", spec: each as unknown as Frozen<PodContainer> }),
  );
  return [...inits, ...mains, ...later];
}

/** Whether nothing of a pod will ever run again, as the API has it. */
export function isTerminal({ status }: Frozen<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}

/** Whether a pod is told to have not yet what it is to have. */
export function isUnsized({ status }: Frozen<Pod>): boolean {
  return status.conditions?.some(({ type }) => type === "PodResizePending" || type === "PodResizeInProgress") ?? false;
}

/** What a pod's spec gives its containers to end, in milliseconds. */
export function ownGraceMs({ spec }: Frozen<Pod>): number {
  return (spec.terminationGracePeriodSeconds ?? 30) * 1_000;
}
