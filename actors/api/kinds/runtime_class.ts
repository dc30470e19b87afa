import type { RuntimeClass as NodeRuntimeClass } from "kubernetes-types/node/v1.js";
import { addErrors, type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable, validateLabels } from "../validation/metadata.ts";
import { dnsLabelErrors } from "../validation/names.ts";
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

  validate({ handler = "", scheduling }) {
    const errors: FieldError[] = [];
    if (handler === "") errors.push(required("handler"));
    else for (const text of dnsLabelErrors(handler)) errors.push(invalid("handler", handler, text));
    if (scheduling === undefined) return errors;
    addErrors(errors, validateLabels(scheduling.nodeSelector, "scheduling.nodeSelector"));
    addErrors(errors, validateTolerations(scheduling.tolerations ?? [], "scheduling.tolerations"));
    return errors;
  },

  validateUpdate: ({ handler }, old) => validateImmutable("handler", { value: handler, old: old.handler }),
});
