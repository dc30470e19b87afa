import type { LimitRangeItem, LimitRangeSpec } from "kubernetes-types/core/v1.js";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateLimits } from "../validation/limit_range.ts";

/** What objects of a namespace may ask for, and what they ask for when they do not say. */
export interface LimitRange extends KubeObject {
  spec: LimitRangeSpec;
}

/** LimitRanges: the least, the most and the usual of resources. */
export const limitRange = nameKind<LimitRange>({
  kind: "LimitRange",
  plural: "limitranges",
  shortNames: ["limits"],
});

/** Its rules, which API servers keep. */
export const limitRangeRules = /* @__PURE__ */ withRules(limitRange, {
  schema: "io.k8s.api.core.v1.LimitRange",
  allowCreateOnUpdate: true,

  applyDefaults({ spec }) {
    for (const item of spec.limits ?? []) if (item.type === "Container") defaultItem(item);
  },

  validate: ({ spec }) => validateLimits(spec.limits ?? [], "spec.limits"),
});

/** A default is the most where only that is said, and a default request is the default, or else the least. */
function defaultItem(item: LimitRangeItem): void {
  const usual = { ...item.max, ...item.default };
  const requested = { ...item.min, ...usual, ...item.defaultRequest };
  if (Object.keys(usual).length > 0) item.default = usual;
  if (Object.keys(requested).length > 0) item.defaultRequest = requested;
}
