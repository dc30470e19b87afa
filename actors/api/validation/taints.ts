/**
 * The rules for taints of nodes and tolerations of pods.
 */

import type { FieldError } from "../field_error.ts";
import { duplicate, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen, Taint, Toleration } from "../types.ts";
import { labelKeyErrors, labelValueErrors } from "./names.ts";

const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** What is wrong with a node's taints. */
export function validateTaints(taints: readonly Frozen<Taint>[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, index) => {
    const at = `${field}[${index}]`;
    for (const text of labelKeyErrors(taint.key)) errors.push(invalid(`${at}.key`, taint.key, text));
    const wrong = labelValueErrors(taint.value ?? "");
    if (wrong.length > 0) errors.push(invalid(`${at}.value`, taint.value, wrong.join(";")));
    if (!taint.effect) errors.push(required(`${at}.effect`));
    else if (!effects.includes(taint.effect)) errors.push(notSupported(`${at}.effect`, taint.effect, effects));
    const unique = `${taint.key}:${taint.effect}`;
    if (seen.has(unique)) {
      errors.push({ ...duplicate(at, taint), detail: "taints must be unique by key and effect pair" });
    }
    seen.add(unique);
  });
  return errors;
}

/** What is wrong with a pod's tolerations. */
export function validateTolerations(tolerations: readonly Frozen<Toleration>[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => validateToleration(toleration, `${field}[${index}]`));
}

function validateToleration(toleration: Frozen<Toleration>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { key = "", operator = "", value = "", effect = "", tolerationSeconds } = toleration;
  if (key !== "") for (const text of labelKeyErrors(key)) errors.push(invalid(`${at}.key`, key, text));
  if (key === "" && operator !== "Exists") {
    const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${at}.operator`, operator, text));
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    const text = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalid(`${at}.effect`, effect, text));
  }
  if (operator === "" || operator === "Equal") {
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${at}.operator`, value, wrong.join(";")));
  } else if (operator !== "Exists") {
    errors.push(notSupported(`${at}.operator`, operator, ["Equal", "Exists"]));
  } else if (value !== "") {
    errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  }
  if (effect !== "" && !effects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, effects));
  return errors;
}
