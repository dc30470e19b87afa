import { matchesLabelSelector } from "../../api/label_selector.ts";
import { getControllerOf } from "../../api/owner_references.ts";
import { type Frozen, jsonEqual, type KubeObject, keyOf, type LabelSelector } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { Change } from "../../client/informer.ts";
import type { Listers } from "../loop.ts";

type Selecting = KubeObject & { spec: { selector?: LabelSelector } };

/** The key of the object of this kind that controls `object`; undefined when it is another kind's, or a namesake. */
export function controllerKey<T extends KubeObject>(
  object: Frozen<KubeObject>,
  { kind, listers }: { readonly kind: Kind<T>; readonly listers: Listers },
): string | undefined {
  const reference = getControllerOf(object);
  if (reference?.kind !== kind.kind) return undefined;
  const { namespace } = object.metadata;
  const key = namespace ? `${namespace}/${reference.name}` : reference.name;
  const owner = listers.of(kind).get(key) as Frozen<KubeObject> | undefined;
  return owner?.metadata.uid === reference.uid ? key : undefined;
}

/** Whose changes are told to whom. */
export interface ConcernedOptions<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly listers: Listers;
  /** What an object of the kind selects. Default: its `spec.selector`, a label selector. */
  readonly selectorOf?: (owner: Frozen<KubeObject>) => Frozen<LabelSelector> | undefined;
}

/**
 * Whom a change of a controlled object concerns: its controller now and before, and, when nobody controls it, all
 * that select it and could adopt it. Needs the index `namespace` on the controllers' kind.
 */
export function concerned<T extends Selecting>(
  { type, object, previous }: Change<KubeObject>,
  { kind, listers, selectorOf = selectorInSpec }: ConcernedOptions<T>,
): string[] {
  const keys = new Set<string>();
  const note = (key: string | undefined) => key !== undefined && keys.add(key);
  if (previous) note(controllerKey(previous, { kind, listers }));
  const controller = getControllerOf(object);
  if (controller) note(controllerKey(object, { kind, listers }));
  else if (type !== "deleted" && mayBeAdopted(object, previous)) {
    for (const each of listers.of(kind).by("namespace", object.metadata.namespace ?? "")) {
      const owner = each as unknown as Frozen<KubeObject>;
      if (matchesLabelSelector(selectorOf(owner), object.metadata.labels)) note(keyOf(owner));
    }
  }
  return [...keys];
}

function selectorInSpec(owner: Frozen<KubeObject>): Frozen<LabelSelector> | undefined {
  return (owner as Frozen<Selecting>).spec.selector;
}

function mayBeAdopted(object: Frozen<KubeObject>, previous: Frozen<KubeObject> | undefined): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return false;
  if (previous === undefined || getControllerOf(previous) !== undefined) return true;
  return !jsonEqual(object.metadata.labels, previous.metadata.labels);
}
