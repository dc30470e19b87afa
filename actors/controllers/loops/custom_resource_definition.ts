import { customNames } from "../../api/custom/custom_names.ts";
import type { KindIdentity } from "../../api/kind.ts";
import {
  type CustomResourceDefinition,
  customResourceFinalizer,
  customResourceDefinition as definitionKind,
} from "../../api/kinds/custom_resource_definition.ts";
import { namespace as namespaceKind } from "../../api/kinds/namespace.ts";
import type { Frozen, Namespace } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import type { Action } from "../plan.ts";

interface Difference {
  readonly ending: Frozen<CustomResourceDefinition>;
  /** Where its objects may be; one empty name for those of the cluster. */
  readonly places: readonly string[];
}

/**
 * Deletes the objects of a definition that is being deleted, then lets the definition go. It watches definitions and
 * namespaces, writes the former, and follows apiextensions-apiserver's `pkg/controller/finalizer`.
 */
export const customResourceDefinition = defineLoop<Frozen<CustomResourceDefinition>, readonly string[], Difference>({
  name: "custom-resource-definition",
  component: "crd-finalizer",
  watches: [
    watch<CustomResourceDefinition>({ kind: definitionKind, keys: ({ object }) => [object.metadata.name] }),
    watch<Namespace>({ kind: namespaceKind, keys: () => [] }),
  ],

  obtain(key, listers) {
    const found = listers.of(definitionKind).get(key);
    const { deletionTimestamp, finalizers = [] } = found?.metadata ?? {};
    return deletionTimestamp !== undefined && finalizers.includes(customResourceFinalizer) ? found : undefined;
  },

  observe: (ending, listers) =>
    ending.spec.scope === "Cluster"
      ? [""]
      : [...listers.of(namespaceKind).values()].map(({ metadata }) => metadata.name),

  difference: (ending, places) => ({ ending, places }),

  reconcile({ ending, places }) {
    const [kind] = customNames(ending);
    const { finalizers = [] } = ending.metadata;
    const rest = finalizers.filter((each) => each !== customResourceFinalizer);
    const released = {
      ...ending,
      metadata: { ...ending.metadata, finalizers: rest },
    } as Frozen<CustomResourceDefinition>;
    const emptied = kind === undefined ? [] : emptiedOf(kind, places);
    return {
      actions: [...emptied, { op: "update", kind: definitionKind, object: released, accept: ["NotFound"] }],
    };
  },
});

function emptiedOf(kind: KindIdentity, places: readonly string[]): Action[] {
  const each = (op: "deleteAll" | "ensureEmpty") =>
    places.map((namespace, index): Action => ({ op, kind, namespace, alongside: index > 0 }));
  return [...each("deleteAll"), ...each("ensureEmpty")];
}
