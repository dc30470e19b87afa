import { setCondition } from "../../api/conditions.ts";
import { customNames } from "../../api/custom/custom_names.ts";
import type { KindIdentity } from "../../api/kind.ts";
import { all as kinds } from "../../api/kinds/all.ts";
import { type CustomResourceDefinition, customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { namespace as namespaceKind } from "../../api/kinds/namespace.ts";
import { type Frozen, jsonEqual, type KubeList, type Namespace, type NamespaceStatus } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type PlanFailure } from "../plan.ts";

/** The finalizer in the spec of a namespace that this loop takes away. */
const finalizer = "kubernetes";

type Condition = NonNullable<NamespaceStatus["conditions"]>[number];

/** What is said of a namespace while it ends, when nothing is wrong. */
const fine: readonly Omit<Condition, "lastTransitionTime">[] = [
  {
    type: "NamespaceDeletionDiscoveryFailure",
    status: "False",
    reason: "ResourcesDiscovered",
    message: "All resources successfully discovered",
  },
  {
    type: "NamespaceDeletionGroupVersionParsingFailure",
    status: "False",
    reason: "ParsedGroupVersions",
    message: "All legacy kube types successfully parsed",
  },
  {
    type: "NamespaceDeletionContentFailure",
    status: "False",
    reason: "ContentDeleted",
    message: "All content successfully deleted, may be waiting on finalization",
  },
  {
    type: "NamespaceContentRemaining",
    status: "False",
    reason: "ContentRemoved",
    message: "All content successfully removed",
  },
  {
    type: "NamespaceFinalizersRemaining",
    status: "False",
    reason: "ContentHasNoFinalizers",
    message: "All content-preserving finalizers finished",
  },
];

/** Empties a namespace that is being deleted, then lets it go. */
export const namespace = defineLoop<Frozen<Namespace>, readonly KindIdentity[], Difference>({
  name: "namespace",
  component: "namespace-controller",
  watches: [
    watch<Namespace>({ kind: namespaceKind, keys: ({ object }) => [object.metadata.name] }),
    watch<CustomResourceDefinition>({ kind: customResourceDefinition, keys: () => [] }),
  ],

  obtain(key, listers) {
    const found = listers.of(namespaceKind).get(key);
    return found?.metadata.deletionTimestamp === undefined ? undefined : found;
  },

  // What is in it is not mirrored here: it is asked for, freshly, when the plan is carried out.
  observe: (_ending, listers) => contentKinds([...listers.of(customResourceDefinition).values()]),

  difference: (ending, kinds) => ({ ending, kinds, held: ending.spec.finalizers?.includes(finalizer) ?? false }),

  reconcile({ ending, kinds, held }, { nowMs }) {
    if (!held) return nothingToDo;
    const { name } = ending.metadata;
    const rest = ending.spec.finalizers?.filter((each) => each !== finalizer) ?? [];
    const released = { ...ending, spec: { ...ending.spec, finalizers: rest } } as Frozen<Namespace>;
    // Pods first and alone, so that nothing they still use is taken from under them (KEP 5080).
    const [first, others] = [
      kinds.filter(({ plural }) => plural === "pods"),
      kinds.filter(({ plural }) => plural !== "pods"),
    ];
    return {
      actions: [
        ...emptied(first, name),
        ...emptied(others, name),
        { op: "update", kind: namespaceKind, object: released, subresource: "finalize", accept: ["NotFound"] },
      ],
      onFailure: (failure) => sayWhy(ending, { failure, nowMs }),
    };
  },
});

/** Deletes all objects of the kinds, and makes sure that they are gone. */
function emptied(kinds: readonly KindIdentity[], namespace: string): Action[] {
  const each = (op: "deleteAll" | "ensureEmpty") =>
    kinds.map((kind, index): Action => ({ op, kind, namespace, alongside: index > 0 }));
  return [...each("deleteAll"), ...each("ensureEmpty")];
}

interface Difference {
  readonly ending: Frozen<Namespace>;
  readonly kinds: readonly KindIdentity[];
  /** Whether it still waits for this loop. */
  readonly held: boolean;
}

/** Every kind that namespaces contain, once for each place where objects are stored. */
function contentKinds(definitions: readonly Frozen<CustomResourceDefinition>[]): readonly KindIdentity[] {
  const byPlace = new Map<string, KindIdentity>();
  for (const kind of [...kinds, ...definitions.flatMap(customNames)]) {
    if (kind.namespaced && kind.verbs.includes("deletecollection") && !byPlace.has(kind.storagePrefix)) {
      byPlace.set(kind.storagePrefix, kind);
    }
  }
  return [...byPlace.values()];
}

function sayWhy(ending: Frozen<Namespace>, { failure, nowMs }: { failure: PlanFailure; nowMs: number }): Action[] {
  const isConflict = failure.failure?.reason === "Conflict" || failure.failure?.code === 0;
  if (isConflict) return [];
  const wrong = whatIsWrong(failure);
  let conditions: readonly Condition[] = (ending.status.conditions ?? []) as readonly Condition[];
  for (const each of fine) {
    const condition = wrong.find(({ type }) => type === each.type) ?? each;
    conditions = setCondition<Condition>(conditions, { condition, nowMs });
  }
  const status = { ...ending.status, conditions } as NamespaceStatus;
  if (jsonEqual(status, ending.status)) return [];
  return [{ op: "update", kind: namespaceKind, object: { ...ending, status } as Namespace, subresource: "status" }];
}

function whatIsWrong({ action, failure, found }: PlanFailure): readonly Omit<Condition, "lastTransitionTime">[] {
  if (failure) {
    const message = `Failed to delete all resource types, 1 remaining: ${failure.message}`;
    return [{ type: "NamespaceDeletionContentFailure", status: "True", reason: "ContentDeletionFailed", message }];
  }
  const { items = [], metadata } = (found ?? {}) as Partial<Frozen<KubeList>>;
  const count = items.length + (metadata?.remainingItemCount ?? 0);
  const { plural, group } = action.kind;
  const message = `Some resources are remaining: ${plural}.${group} has ${count} resource instances`;
  const remaining = { type: "NamespaceContentRemaining", status: "True", reason: "SomeResourcesRemain", message };
  const held = items.flatMap((each) => each.metadata.finalizers ?? [])[0];
  if (held === undefined) return [remaining];
  const words = `Some content in the namespace has finalizers remaining: ${held} in ${count} resource instances`;
  return [
    remaining,
    { type: "NamespaceFinalizersRemaining", status: "True", reason: "SomeFinalizersRemain", message: words },
  ];
}
