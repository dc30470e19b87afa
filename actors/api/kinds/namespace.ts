import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Namespace } from "../types.ts";
import { validateFinalizer } from "../validation/metadata.ts";
import { dnsLabelErrors } from "../validation/names.ts";

const nameLabel = "kubernetes.io/metadata.name";

/** Namespaces: they end in two steps, so that what is in them can be deleted first. */
export const namespace = nameKind<Namespace>({
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  namespaced: false,
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  subresources: [{ name: "finalize" }, { name: "status" }],
});

/** Its rules, which API servers keep. */
export const namespaceRules = /* @__PURE__ */ withRules(namespace, {
  schema: "io.k8s.api.core.v1.Namespace",
  countsGenerations: false,
  fieldSelectors: { "status.phase": ({ status }) => status.phase ?? "" },
  nameErrors: dnsLabelErrors,

  applyDefaults({ metadata }) {
    if (metadata.name === "") return;
    metadata.labels ??= {};
    metadata.labels[nameLabel] = metadata.name;
  },

  prepareForCreate(draft) {
    draft.status = { phase: "Active" };
    const finalizers = draft.spec.finalizers ?? [];
    draft.spec.finalizers = finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"];
  },

  validate: ({ spec }) => (spec.finalizers ?? []).flatMap((each) => validateFinalizer(each, "spec.finalizers")),

  validateStatusUpdate({ metadata, status }) {
    const wanted = metadata.deletionTimestamp ? "Terminating" : "Active";
    if (status.phase === wanted) return [];
    const when = `may only be '${wanted}' if \`deletionTimestamp\` is ${metadata.deletionTimestamp ? "not " : ""}empty`;
    return [invalid("status.Phase", status.phase ?? "", when)];
  },

  prepareForUpdate(draft, old) {
    // Only the finalize path takes a namespace's finalizers away.
    draft.spec = { ...draft.spec, finalizers: [...(old.spec.finalizers ?? [])] };
  },
});
