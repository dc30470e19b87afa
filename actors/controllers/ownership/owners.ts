import type { KindIdentity } from "../../api/kind.ts";
import { all as kinds } from "../../api/kinds/all.ts";
import type { APIService } from "../../api/kinds/api_service.ts";
import type { CustomResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { type Frozen, type KubeObject, keyOf, type OwnerReference } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { Listers } from "../loop.ts";
import { isMeant } from "./is_meant.ts";

/** Waits until all dependents that block are gone. */
export const foregroundFinalizer = "foregroundDeletion";
/** Waits until all dependents have forgotten it. */
export const orphanFinalizer = "orphan";

type Reference = Frozen<OwnerReference>;

/** The kinds of every cluster that can own or be owned; Events come and go by themselves, others are not in each. */
export const collectedKinds: readonly KindIdentity[] = onePerPlace();

function onePerPlace(): readonly KindIdentity[] {
  const byPlace = new Map<string, KindIdentity>();
  for (const kind of kinds) {
    const isEvent = kind.kind === "Event";
    const canBeDeleted = ["delete", "list", "watch"].every((verb) => kind.verbs.some((each) => each === verb));
    if (!isEvent && kind.gate === undefined && canBeDeleted && !byPlace.has(kind.storagePrefix))
      byPlace.set(kind.storagePrefix, kind);
  }
  return [...byPlace.values()];
}

/** One object of any kind. */
export interface Item {
  readonly kind: Kind;
  readonly object: Frozen<KubeObject>;
}

/** The key by which the collector knows an object: its kind, a bar, `namespace/name`. */
export function itemKey(kind: Kind, object: Frozen<KubeObject>): string {
  return `${kind.group}/${kind.plural}|${keyOf(object)}`;
}

/** The kinds that can own or be owned now: those of every cluster, and those that definitions bring. */
function kindsOf({ derived }: Listers): readonly Kind[] {
  return derived.length === 0 ? collectedKinds : [...collectedKinds, ...derived];
}

/** The kinds that can be owned in clusters that serve them: an APIService says so. */
export function kindsServed(services: readonly Frozen<APIService>[]): readonly KindIdentity[] {
  const served = new Set(services.map(({ spec }) => `${spec.group}/${spec.version}`));
  return kinds.filter(({ gate, group, version }) => gate !== undefined && served.has(`${group}/${version}`));
}

const kindsByResource = new Map(collectedKinds.map((kind) => [`${kind.group}/${kind.plural}`, kind]));
const kindsByName = new Map(collectedKinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));

/** Whether a kind is one of every cluster, which knows strategic merge patches. */
export function isBuiltIn({ group, plural }: Kind): boolean {
  return kindsByResource.has(`${group}/${plural}`);
}

/** The object under a key, if it is there. */
export function itemOf(key: string, listers: Listers): Item | undefined {
  const bar = key.indexOf("|");
  const resource = key.slice(0, bar);
  const kind: Kind | undefined =
    kindsByResource.get(resource) ?? listers.derived.find(({ group, plural }) => `${group}/${plural}` === resource);
  const object = kind && listers.of(kind).get(key.slice(bar + 1));
  return kind && object ? { kind, object } : undefined;
}

function nameOf({ apiVersion, kind }: Reference): string {
  const slash = apiVersion.indexOf("/");
  return `${slash < 0 ? "" : apiVersion.slice(0, slash)}/${kind}`;
}

/** The kind that a reference speaks of, by its group and kind; the version does not matter. */
export function kindOf(reference: Reference, { derived }: Listers): Kind | undefined {
  const name = nameOf(reference);
  return kindsByName.get(name) ?? derived.find(({ group, kind }) => `${group}/${kind}` === name);
}

/** The index of objects by the kinds of those owners that are not of a kind of every cluster. */
export const byOwnerKind = ({ metadata }: Frozen<KubeObject>): readonly string[] =>
  metadata.ownerReferences?.map(nameOf).filter((name) => !kindsByName.has(name)) ?? [];

/** Everything that says to be owned by objects of the kind that a definition brings. */
export function referrersOf({ spec }: Frozen<CustomResourceDefinition>, listers: Listers): Item[] {
  return itemsBy({ index: "ownerKind", value: `${spec.group}/${spec.names.kind}` }, listers);
}

/** Everything that has a reference to the object of this uid. */
export function dependentsOf(uid: string, listers: Listers): Item[] {
  return itemsBy({ index: "owner", value: uid }, listers);
}

function itemsBy({ index, value }: { index: string; value: string }, listers: Listers): Item[] {
  return kindsOf(listers).flatMap((kind) =>
    listers
      .of(kind)
      .by(index, value)
      .map((object) => ({ kind, object: object as Frozen<KubeObject> })),
  );
}

/** Whether an object is being deleted and keeps its dependents' deletion company. */
export function waitsForDependents({ metadata }: Frozen<KubeObject>): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(foregroundFinalizer);
}

/** Whether an object is being deleted and its dependents are to live on without it. */
export function orphansDependents({ metadata }: Frozen<KubeObject>): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(orphanFinalizer);
}

/** What became of an object's owners. */
export interface Owners {
  /** They are there. */
  readonly solid: readonly Reference[];
  /** They are not in the mirror: whether they are really gone is for a fresh look to say. */
  readonly absent: readonly {
    readonly reference: Reference;
    readonly kind: Kind;
    readonly namespace: string | undefined;
  }[];
  /** They are being deleted, and wait for this object. */
  readonly waiting: readonly Reference[];
  /** Whether what belongs to no namespace says that it is owned by what does, of which nobody can find out the truth. */
  readonly unresolvable: boolean;
}

/** Sorts out the owners of an object. */
export function ownersOf(item: Item, listers: Listers): Owners {
  const owners = {
    solid: [] as Reference[],
    absent: [] as Owners["absent"][number][],
    waiting: [] as Reference[],
    unresolvable: false,
  };
  for (const reference of item.object.metadata.ownerReferences ?? []) {
    const kind = kindOf(reference, listers);
    // Nothing is known of such owners, so that nothing can be said against them.
    if (!kind) {
      owners.solid.push(reference);
      continue;
    }
    if (kind.namespaced && !item.kind.namespaced) {
      owners.unresolvable = true;
      continue;
    }
    const namespace = kind.namespaced ? item.object.metadata.namespace : undefined;
    const key = namespace ? `${namespace}/${reference.name}` : reference.name;
    const owner = listers.of(kind).get(key) as Frozen<KubeObject> | undefined;
    if (!owner || !isMeant(reference, owner)) owners.absent.push({ reference, kind, namespace });
    else if (waitsForDependents(owner)) owners.waiting.push(reference);
    else owners.solid.push(reference);
  }
  return owners;
}

/** The references of an object to owners that are there, but in another namespace, where nobody can own it. */
export function ownersElsewhere({ object }: Item, listers: Listers): Reference[] {
  return (object.metadata.ownerReferences ?? []).filter((reference) => {
    const kind = kindOf(reference, listers);
    if (!kind?.namespaced) return false;
    const [owner] = listers.of(kind).by("uid", reference.uid);
    return owner !== undefined && owner.metadata.namespace !== object.metadata.namespace;
  });
}
