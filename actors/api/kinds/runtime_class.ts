import type { RuntimeClass as NodeRuntimeClass } from "kubernetes-types/node/v1.js";
import { addErrors, duplicate, invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable, validateLabels } from "../validation/metadata.ts";
import { dnsLabelErrors } from "../validation/names.ts";
import { containerNameErrors, validateAmounts } from "../validation/resources.ts";
import { validateTolerations } from "../validation/taints.ts";

/** How a pod's containers are run. */
export interface RuntimeClass extends KubeObject, Omit<NodeRuntimeClass, "apiVersion" | "kind" | "metadata"> {}

/** RuntimeClasses: which handler of a node's runtime runs a pod. */
export const runtimeClass = nameKind<RuntimeClass>({
  group: "node.k8s.io",
  kind: "RuntimeClass",
  plural: "runtimeclasses",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const runtimeClassRules = /* @__PURE__ */ withRules(runtimeClass, {
  schema: "io.k8s.api.node.v1.RuntimeClass",
  allowCreateOnUpdate: true,

  validate({ handler = "", scheduling, overhead }) {
    const errors = dnsLabelErrors(handler).map((text) => invalid("handler", handler, text));
    const { podFixed } = (overhead ?? {}) as { readonly podFixed?: Record<string, string> };
    if (podFixed !== undefined) {
      addErrors(errors, validateAmounts({ limits: podFixed }, "overhead", containerNameErrors));
    }
    if (scheduling === undefined) return errors;
    const { nodeSelector, tolerations = [] } = scheduling;
    const at = "scheduling.tolerations";
    addErrors(errors, validateLabels(nodeSelector, "scheduling.nodeSelector"));
    addErrors(errors, validateTolerations(tolerations, at));
    const known = new Set<string>();
    for (const [index, toleration] of tolerations.entries()) {
      const { key = "", operator = "", value = "", effect = "" } = toleration;
      const own = JSON.stringify([key, operator, value, effect]);
      if (known.has(own)) errors.push(duplicate(`${at}[${index}]`, toleration));
      known.add(own);
    }
    return errors;
  },

  validateUpdate: ({ handler }, old) => validateImmutable("handler", { value: handler, old: old.handler }),
});
