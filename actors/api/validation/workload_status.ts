/**
 * The rules for the counts in the status of a workload.
 */
import { addErrors, type FieldError, invalid } from "../field_error.ts";
import { validateNonNegative } from "./metadata.ts";

type Status = object | undefined;

const numberOf = (status: Status, name: string): number | undefined => {
  const value = (status as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
};

/** The counts of those that keep a number of pods. */
export const replicaCounts = [
  ...["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"],
];

/** What is wrong with numbers of a status that may not be negative. */
export function countErrors(status: Status, names: readonly string[]): FieldError[] {
  return names.flatMap((name) => validateNonNegative(numberOf(status, name), `status.${name}`));
}

/** What is wrong with parts of a count that are more than the whole of it, which errors call `called`. */
export function partErrors(
  status: Status,
  parts: readonly string[],
  whole: { readonly name: string; readonly called: string },
): FieldError[] {
  const all = numberOf(status, whole.name) ?? 0;
  return parts.flatMap((name) => {
    const value = numberOf(status, name) ?? 0;
    return value > all ? [invalid(`status.${name}`, value, `cannot be greater than ${whole.called}`)] : [];
  });
}

/** What is wrong with replicas that are more than all of them, and with more that are available than are ready. */
export function replicaErrors(status: Status, parts: readonly string[], ready = "readyReplicas"): FieldError[] {
  const errors = partErrors(status, parts, { name: "replicas", called: "status.replicas" });
  addErrors(errors, partErrors(status, ["availableReplicas"], { name: "readyReplicas", called: ready }));
  return errors;
}

/** What is wrong with how often names have collided: that is never less than it was. */
export function collisionErrors(status: Status, old: Status): FieldError[] {
  const [now, before] = [numberOf(status, "collisionCount"), numberOf(old, "collisionCount")];
  const isLess = before !== undefined && (now === undefined || now < before);
  return isLess ? [invalid("status.collisionCount", now ?? 0, "cannot be decremented")] : [];
}
