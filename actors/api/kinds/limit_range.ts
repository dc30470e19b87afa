import type { LimitRangeItem, LimitRangeSpec } from "kubernetes-types/core/v1.js";
import { duplicate, type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { compareQuantities, parseQuantity, zero } from "../quantity.ts";
import { type Frozen, type KubeObject, ownValue } from "../types.ts";

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

  validate({ spec }) {
    const errors: FieldError[] = [];
    const seen = new Set<string>();
    spec.limits?.forEach((item, index) => {
      const at = `spec.limits[${index}]`;
      if (!item.type) errors.push(required(`${at}.type`));
      if (seen.has(item.type)) errors.push(duplicate(`${at}.type`, item.type));
      seen.add(item.type);
      errors.push(...validateItem(item, at));
    });
    return errors;
  },
});

/** A default is the most where only that is said, and a default request is the default, or else the least. */
function defaultItem(item: LimitRangeItem): void {
  const usual = { ...item.max, ...item.default };
  const requested = { ...item.min, ...usual, ...item.defaultRequest };
  if (Object.keys(usual).length > 0) item.default = usual;
  if (Object.keys(requested).length > 0) item.defaultRequest = requested;
}

function validateItem(item: Frozen<LimitRangeItem>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (item.type === "Pod") {
    for (const field of ["default", "defaultRequest"] as const) {
      if (Object.keys(item[field] ?? {}).length > 0) {
        errors.push({
          type: "FieldValueForbidden",
          field: `${at}.${field}`,
          detail: "may not be specified when `type` is 'Pod'",
        });
      }
    }
  }
  const orders = [
    ["min", "max", "min value"],
    ["min", "defaultRequest", "min value"],
    ["min", "default", "min value"],
    ["defaultRequest", "max", "default request value"],
    ["defaultRequest", "default", "default request value"],
    ["default", "max", "default value"],
  ] as const;
  for (const [low, high, words] of orders) {
    for (const name in item[low]) {
      const [a = "", b] = [ownValue(item[low], name), ownValue(item[high], name)];
      if (b === undefined || !isMore(a, b)) continue;
      const than = high === "max" ? "max value" : high === "default" ? "default value" : "default request value";
      errors.push(invalid(`${at}.${low}[${name}]`, a, `${words} ${a} is greater than ${than} ${b}`));
    }
  }
  return errors;
}

const isMore = (a: string, b: string): boolean =>
  compareQuantities(parseQuantity(a) ?? zero, parseQuantity(b) ?? zero) > 0;
