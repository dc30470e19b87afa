/**
 * The rules for the status of a claim.
 */

import { isNativeResource } from "../extended_resources.ts";
import { type FieldError, invalid, notSupported } from "../field_error.ts";
import { parseQuantity } from "../quantity.ts";
import { labelKeyErrors } from "./names.ts";

const resizes = [
  ...["ControllerResizeInProgress", "ControllerResizeInfeasible"],
  ...["NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"],
];
const nanosPerUnit = 1_000_000_000n;

/** What a claim has; some of it is newer than the types are. */
export interface ClaimStatus {
  readonly capacity?: Readonly<Record<string, string>>;
  readonly allocatedResources?: Readonly<Record<string, string>>;
  readonly allocatedResourceStatuses?: Readonly<Record<string, string>>;
}

/** What is wrong with the amounts that a claim has, and with how far they are from those that it is to have. */
export function claimStatusErrors(status: ClaimStatus, at: string): FieldError[] {
  const { capacity = {}, allocatedResources = {}, allocatedResourceStatuses = {} } = status;
  // As in Kubernetes it is called otherwise here, and told of without its key.
  const resizing = `${at}.allocatedResourceStatus`;
  return [
    ...Object.entries(capacity).flatMap(([name, text]) => signErrors(text, `${at}.capacity[${name}]`)),
    ...Object.entries(allocatedResourceStatuses).flatMap(([name, value]) => [
      ...keyErrors(name, resizing),
      ...(resizes.includes(value) ? [] : [notSupported(resizing, name, resizes)]),
    ]),
    ...Object.entries(allocatedResources).flatMap(([name, text]) => {
      const errors = keyErrors(name, `${at}.allocatedResources`);
      return errors.length > 0 ? errors : signErrors(text, `${at}.allocatedResources[${name}]`);
    }),
  ];
}

function signErrors(text: string, at: string): FieldError[] {
  const { nanos = 0n } = parseQuantity(text) ?? {};
  return nanos < 0n ? [invalid(at, Number(nanos / nanosPerUnit), "must be a valid resource quantity")] : [];
}

function keyErrors(name: string, at: string): FieldError[] {
  const errors = labelKeyErrors(name).map((text) => invalid(at, name, text));
  if (errors.length > 0 || !isNativeResource(name) || name === "storage") return errors;
  return [notSupported(at, name, ["storage"])];
}
