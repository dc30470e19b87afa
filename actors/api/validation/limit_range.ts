/**
 * The rules for the least, the most and the usual of resources.
 */
import type { LimitRangeItem } from "kubernetes-types/core/v1.js";
import { addErrors, duplicate, type FieldError, forbidden, invalid, required } from "../field_error.ts";
import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from "../quantity.ts";
import { type Frozen, ownValue } from "../types.ts";
import { labelKeyErrors } from "./names.ts";
import { containerNameErrors, isOvercommitted, resourceNameErrors } from "./resources.ts";

const types = new Set(["Pod", "Container", "PersistentVolumeClaim"]);
const lists = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;
const nanosPerUnit = 1_000_000_000n;

type List = (typeof lists)[number];

/** What is wrong with the items of a LimitRange. */
export function validateLimits(items: readonly Frozen<LimitRangeItem>[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const at = `${path}[${index}]`;
    const { type = "" } = item;
    const wrong = labelKeyErrors(type);
    for (const text of wrong) errors.push(invalid(`${at}.type`, type, text));
    if (wrong.length === 0 && !type.includes("/") && !types.has(type)) {
      errors.push(invalid(`${at}.type`, type, "must be a standard limit type or fully qualified"));
    }
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type));
    seen.add(type);
    addErrors(errors, itemErrors(item, at));
  }
  return errors;
}

function itemErrors(item: Frozen<LimitRangeItem>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type } = item;
  const isOfPod = type === "Pod";
  const nameErrors = isOfPod || type === "Container" ? containerNameErrors : resourceNameErrors;
  const names = new Set<string>();
  for (const list of lists) {
    if (list === "maxLimitRequestRatio" && type === "PersistentVolumeClaim") addErrors(errors, storageErrors(item, at));
    if (isOfPod && (list === "default" || list === "defaultRequest")) {
      if (Object.keys(item[list] ?? {}).length === 0) continue;
      errors.push(forbidden(`${at}.${list}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    for (const name of Object.keys(item[list] ?? {})) {
      addErrors(errors, nameErrors(name, `${at}.${list}[${name}]`));
      names.add(name);
    }
  }
  for (const name of [...names].sort()) addErrors(errors, orderErrors(item, at, name));
  return errors;
}

function storageErrors({ min, max }: Frozen<LimitRangeItem>, at: string): FieldError[] {
  if (min?.storage !== undefined || max?.storage !== undefined) return [];
  return [required(`${at}.limits`, "either minimum or maximum storage value is required, but neither was provided")];
}

/** Of two lists the first has the less: what each is called, and at which of them the error is told, with whose value. */
const orders: readonly (readonly [less: List, more: List, words: readonly [string, string], at: List, told: List])[] = [
  ["min", "max", ["min value", "max value"], "min", "min"],
  ["min", "defaultRequest", ["min value", "default request value"], "defaultRequest", "defaultRequest"],
  ["defaultRequest", "max", ["default request value", "max value"], "defaultRequest", "defaultRequest"],
  ["defaultRequest", "default", ["default request value", "default limit value"], "defaultRequest", "defaultRequest"],
  ["min", "default", ["min value", "default value"], "default", "min"],
  ["default", "max", ["default value", "max value"], "default", "max"],
];

function orderErrors(item: Frozen<LimitRangeItem>, at: string, name: string): FieldError[] {
  const errors: FieldError[] = [];
  const amounts = new Map<List, Quantity>();
  for (const list of lists) {
    if (item.type === "Pod" && (list === "default" || list === "defaultRequest")) continue;
    const quantity = parseQuantity(ownValue(item[list], name) ?? "");
    if (quantity !== undefined) amounts.set(list, quantity);
  }
  for (const [less, more, [lessWord, moreWord], place, told] of orders) {
    const [low, high] = [amounts.get(less), amounts.get(more)];
    if (!low || !high || compareQuantities(low, high) <= 0) continue;
    const value = formatQuantity(amounts.get(told) ?? low);
    const text = `${lessWord} ${formatQuantity(low)} is greater than ${moreWord} ${formatQuantity(high)}`;
    errors.push(invalid(`${at}.${place}[${name}]`, value, text));
  }
  addErrors(errors, ratioErrors(amounts, `${at}.maxLimitRequestRatio[${name}]`));
  const [usual, asked] = [amounts.get("default"), amounts.get("defaultRequest")];
  if (isOvercommitted(name) || !usual || !asked || compareQuantities(usual, asked) === 0) return errors;
  const [usualText, askedText] = [formatQuantity(usual), formatQuantity(asked)];
  const text = `default value ${usualText} must equal to defaultRequest value ${askedText} in ${name}`;
  return [...errors, invalid(`${at}.defaultRequest[${name}]`, askedText, text)];
}

function ratioErrors(amounts: ReadonlyMap<List, Quantity>, at: string): FieldError[] {
  const ratio = amounts.get("maxLimitRequestRatio");
  if (ratio === undefined) return [];
  const errors: FieldError[] = [];
  const told = formatQuantity(ratio);
  if (ratio.nanos < nanosPerUnit) errors.push(invalid(at, told, `ratio ${told} is less than 1`));
  const [min, max] = [amounts.get("min"), amounts.get("max")];
  if (!min || !max) return errors;
  const most = Number(max.nanos) / Number(min.nanos);
  if (Number(ratio.nanos) / Number(nanosPerUnit) <= most) return errors;
  return [...errors, invalid(at, told, `ratio ${told} is greater than max/min = ${most.toFixed(6)}`)];
}
