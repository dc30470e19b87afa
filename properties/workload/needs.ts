import { type Command, wantedAfter, wantedSetsAfter } from "./command.ts";
import { brokenImages } from "./manifests.ts";
import { type NeedsPlace, unmetPlaces } from "./needed_places.ts";
import { type ChoreSpec, crewsAfter, isChore, type SpecOfPod } from "./wanted_crews.ts";

/**
 * What a workload lacks so that even a sound cluster cannot bring it to its end, a sentence each: whoever leaves commands
 * or nodes out of a run must not add to them, or the run fails for another reason than it did.
 *
 * @example
 * unmetNeeds({ workload: [{ op: "createPod", name: "gated", gated: true, image: "app:1", atMs: 0 }], topology })
 * // ["pod gated is never let pass"]
 */
export function unmetNeeds(place: NeedsPlace): readonly string[] {
  return [
    ...gates(place.workload),
    ...images(place.workload),
    ...closures(place.workload),
    ...surroundings(place),
    ...waits(place.workload),
    ...grants(place.workload),
    ...unmetPlaces(place),
  ];
}

/** A pod with a gate is let pass after it was made. */
function gates(workload: readonly Command[]): string[] {
  const waiting = new Map<string, string>();
  for (const command of workload) {
    if (command.op === "createPod" && command.gated) waiting.set(command.name, `pod ${command.name} is never let pass`);
    if (command.op === "passGate" || command.op === "deletePod") waiting.delete(command.name);
  }
  return [...waiting.values()];
}

/** What is to serve in the end has an image that can. */
function images(workload: readonly Command[]): string[] {
  const sets = [...wantedAfter(workload), ...wantedSetsAfter(workload)];
  const served = sets.map(([name, { image, replicas }]) => ({ name, image, replicas }));
  const crews = crewsAfter(workload).map(({ key, replicas, spec }) => {
    return { name: key, image: spec.containers?.[0]?.image ?? "", replicas };
  });
  return [...served, ...crews].flatMap(({ name, image, replicas }) =>
    image in brokenImages && replicas > 0 ? [`${name} ends with the image ${image}, which comes to nothing`] : [],
  );
}

/** A node that was closed is opened again. */
function closures(workload: readonly Command[]): string[] {
  const shut = new Map<string, string>();
  for (const command of workload) {
    if (command.op !== "cordon" && command.op !== "taint") continue;
    const key = `${command.op} ${command.name}`;
    if (command.isOn) shut.set(key, `${command.name} keeps its ${command.op}`);
    else shut.delete(key);
  }
  return [...shut.values()];
}

/** What chores are made in, of, or with: namespaces, priorities, ConfigMaps; finalizers that go. */
function surroundings({ workload }: NeedsPlace): string[] {
  const there = new Set<string>();
  const held = new Map<string, string>();
  const lacks: string[] = [];
  for (const command of workload) {
    if (command.op === "make") {
      const { kind, namespace, name, object } = command;
      there.add(`${kind} ${name}`);
      if (!["", "default"].includes(namespace) && !there.has(`Namespace ${namespace}`)) {
        lacks.push(`${kind} ${name} has no namespace ${namespace}`);
      }
      const priority = podOfObject(object)?.priorityClassName;
      if (priority !== undefined && !there.has(`PriorityClass ${priority}`))
        lacks.push(`${name} has no class ${priority}`);
      const { finalizers = [] } = object.metadata as { readonly finalizers?: readonly string[] };
      if (finalizers.length > 0) held.set(`${kind} ${name}`, `${kind} ${name} keeps its finalizer`);
    }
    if (command.op === "change" && isReleased(command.patch)) held.delete(`${command.kind} ${command.name}`);
  }
  for (const { key, spec } of crewsAfter(workload)) {
    for (const each of configMapsOf(spec))
      if (!there.has(`ConfigMap ${each}`)) lacks.push(`${key} has no ConfigMap ${each}`);
  }
  return [...lacks, ...held.values()];
}

/** A Job that waits is let go on. */
function waits(workload: readonly Command[]): string[] {
  const waiting = new Map<string, string>();
  for (const command of workload) {
    if (!isChore(command) || command.kind !== "Job") continue;
    if (command.op === "make" && suspends(command.object))
      waiting.set(command.name, `Job ${command.name} is never let go on`);
    if (command.op === "drop" || (command.op === "change" && suspends(command.patch) === false))
      waiting.delete(command.name);
  }
  return [...waiting.values()];
}

/** A namespace with a quota grants what is asked for in the end, and whoever was refused is told. */
function grants(workload: readonly Command[]): string[] {
  const hard = new Map<string, number>();
  const wanted = new Map<string, number>();
  const refused = new Map<string, string>();
  for (const command of workload) {
    if (!isChore(command) || command.op === "drop") continue;
    const { kind, namespace, name } = command;
    if (kind !== "ResourceQuota" && kind !== "ReplicationController") continue;
    const { spec } = (command.op === "make" ? command.object : command.patch) as { readonly spec?: ChoreSpec };
    if (kind === "ResourceQuota" && spec?.hard?.pods !== undefined) hard.set(namespace, Number(spec.hard.pods));
    if (kind === "ReplicationController") {
      if (spec?.replicas !== undefined) wanted.set(`${namespace}/${name}`, spec.replicas);
      refused.delete(`${namespace}/${name}`);
    }
    const sum = pairsIn(wanted, namespace).reduce((all, [, replicas]) => all + replicas, 0);
    if (sum <= (hard.get(namespace) ?? sum) && kind === "ReplicationController") continue;
    for (const [key] of pairsIn(wanted, namespace))
      refused.set(key, `${key} is refused, or not told that it is no more`);
  }
  return [...refused].flatMap(([key, lack]) => (hard.has(key.split("/")[0] ?? "") ? [lack] : []));
}

function podOfObject(object: Readonly<Record<string, unknown>>): SpecOfPod | undefined {
  return (object.spec as ChoreSpec | undefined)?.template?.spec;
}

function suspends(object: Readonly<Record<string, unknown>>): boolean | undefined {
  return (object.spec as ChoreSpec | undefined)?.suspend;
}

function isReleased(patch: Readonly<Record<string, unknown>>): boolean {
  return (patch.metadata as { readonly finalizers?: unknown } | undefined)?.finalizers === null;
}

function configMapsOf({ volumes = [], containers = [] }: SpecOfPod): readonly string[] {
  const mounted = volumes.map(({ configMap }) => configMap?.name);
  const read = containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name));
  return [...mounted, ...read].filter((each) => each !== undefined);
}

function pairsIn(wanted: ReadonlyMap<string, number>, namespace: string): readonly (readonly [string, number])[] {
  return [...wanted].filter(([key]) => key.startsWith(`${namespace}/`));
}
