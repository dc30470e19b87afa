import type { IngressClassSpec } from "kubernetes-types/networking/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required, tooLong } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsLabelErrors, prefixedPathErrors } from "../validation/names.ts";
import { typedReferenceErrors } from "../validation/references.ts";

/** Who serves Ingresses. */
export interface IngressClass extends KubeObject {
  spec: IngressClassSpec;
}

const controllerMax = 250;

/** IngressClasses: the controllers that Ingresses name. */
export const ingressClass = nameKind<IngressClass>({
  group: "networking.k8s.io",
  kind: "IngressClass",
  plural: "ingressclasses",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const ingressClassRules = /* @__PURE__ */ withRules(ingressClass, {
  schema: "io.k8s.api.networking.v1.IngressClass",
  countsGenerations: true,

  applyDefaults({ spec }) {
    if (spec.parameters !== undefined) spec.parameters.scope ??= "Cluster";
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    const { controller = "", parameters } = spec;
    if (controller.length > controllerMax) errors.push(tooLong("spec.controller", controllerMax));
    for (const text of prefixedPathErrors(controller)) errors.push(invalid("spec.controller", controller, text));
    if (parameters === undefined) return errors;
    const at = "spec.parameters";
    addErrors(errors, typedReferenceErrors(parameters, at));
    const { scope, namespace } = parameters;
    if (scope === undefined) errors.push(required(`${at}.scope`));
    else if (scope !== "Cluster" && scope !== "Namespace") {
      errors.push(notSupported(`${at}.scope`, scope, ["Cluster", "Namespace"]));
    } else if (scope === "Namespace" && namespace === undefined) {
      errors.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
    } else if (scope === "Namespace") {
      for (const text of dnsLabelErrors(namespace ?? "")) errors.push(invalid(`${at}.namespace`, namespace, text));
    } else if (namespace !== undefined) {
      errors.push(forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
    }
    return errors;
  },

  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.controller", { value: spec.controller, old: old.spec.controller }),
});
