import { millisOf } from "../../api/quantity.ts";
import { type Container, type Frozen, ownValue, type Pod } from "../../api/types.ts";

/** Of whom a field is asked. */
export interface FieldContext {
  readonly pod: Frozen<Pod>;
  /** One of each family, the one that leads first; empty where it is not known yet. */
  readonly podIps: readonly string[];
  readonly hostIps: readonly string[];
}

/** Of whose resources is asked, and what the node has where a container has no limit. */
export interface ResourceContext {
  readonly spec: Frozen<Container>;
  readonly allocatable: Readonly<Record<string, string>>;
}

/**
 * A field of a pod, as its processes may see it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
export function fieldOf(path: string, { pod, podIps, hostIps }: FieldContext): string {
  const { metadata, spec } = pod;
  const [, map, key = ""] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map === "labels") return ownValue(metadata.labels, key) ?? "";
  if (map === "annotations") return ownValue(metadata.annotations, key) ?? "";
  if (path === "metadata.labels") return linesOf(metadata.labels);
  if (path === "metadata.annotations") return linesOf(metadata.annotations);
  const fields: Readonly<Record<string, string | undefined>> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec.nodeName,
    "spec.serviceAccountName": spec.serviceAccountName,
    "status.hostIP": hostIps[0],
    "status.hostIPs": hostIps.join(","),
    "status.podIP": podIps[0],
    "status.podIPs": podIps.join(","),
  };
  return ownValue(fields, path) ?? "";
}

/** Labels or annotations, a line each, by name. */
function linesOf(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join("\n");
}

/** What a container may use or has asked for, in whole divisors, rounded up; without a limit, what the node has. */
export function resourceOf(
  { resource, divisor }: { readonly resource: string; readonly divisor?: string },
  { spec, allocatable }: ResourceContext,
): string {
  const [list = "", name = ""] = resource.split(".", 2);
  const { limits = {}, requests = {} } = spec.resources ?? {};
  const amount = list === "limits" ? (limits[name] ?? allocatable[name]) : (requests[name] ?? limits[name] ?? "0");
  const unit = divisor === undefined || divisor === "0" ? "1" : divisor;
  return String(Math.ceil(millisOf(amount) / Math.max(1, millisOf(unit))));
}
