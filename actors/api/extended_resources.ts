import { labelKeyErrors } from "./validation/names.ts";

/** Whether a resource is Kubernetes' own. */
export function isNativeResource(name: string): boolean {
  return !name.includes("/") || name.includes("kubernetes.io/");
}

/** Whether a resource is one that somebody adds to nodes, such as `example.com/dongle`, which is had in whole pieces. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith("requests.") && labelKeyErrors(`requests.${name}`).length === 0;
}
