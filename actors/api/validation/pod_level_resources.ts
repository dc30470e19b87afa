import { type FieldError, forbidden, invalid, notSupported } from "../field_error.ts";
import { containerResources } from "../pod.ts";
import { isPodLevelName, podLevelNames, podLevelResources } from "../pod_level_resources.ts";
import { compareQuantities, formatQuantity, parseQuantity } from "../quantity.ts";
import type { Frozen, PodSpec } from "../types.ts";
import { resourceNameErrors, validateAmounts } from "./resources.ts";

/** What is wrong with what a pod as a whole asks for and may have. */
export function validatePodLevelResources(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const whole = podLevelResources(spec);
  if (!whole) return [];
  const here = `${at}.resources`;
  const { requests = {}, limits = {}, claims = [] } = whole;
  const errors: FieldError[] = [];
  if (claims.length > 0) errors.push(forbidden(`${here}.claims`, "claims cannot be set for Resources at pod-level"));
  errors.push(...validateAmounts({ requests, limits }, here, podLevelNameErrors));
  for (const [name, least] of containerResources(spec, "requests")) {
    const request = parseQuantity(requests[name] ?? "");
    if (request === undefined || compareQuantities(request, least) >= 0) continue;
    const text = `must be greater than or equal to aggregate container requests of ${formatQuantity(least)}`;
    errors.push(invalid(`${here}.requests[${name}]`, formatQuantity(request), text));
  }
  return [...errors, ...containerErrors(spec, { at, limits })];
}

function podLevelNameErrors(name: string, at: string): FieldError[] {
  const errors = resourceNameErrors(name, at);
  return errors.length > 0 || isPodLevelName(name) ? errors : [notSupported(at, name, podLevelNames)];
}

/** No container may have more than its pod. */
function containerErrors(
  { containers = [] }: Frozen<PodSpec>,
  { at, limits }: { readonly at: string; readonly limits: Readonly<Record<string, string>> },
): FieldError[] {
  return containers.flatMap(({ resources }, index) =>
    Object.entries(resources?.limits ?? {}).flatMap(([name, text]) => {
      const [limit, most] = [parseQuantity(text), parseQuantity(limits[name] ?? "")];
      if (limit === undefined || most === undefined || compareQuantities(limit, most) <= 0) return [];
      const why = `must be less than or equal to pod limits of ${formatQuantity(most)}`;
      return [invalid(`${at}.resources.containers[${index}][${name}].limits`, formatQuantity(limit), why)];
    }),
  );
}
