import { millisOf } from "../quantity.ts";
import type { Container, Frozen, PodSpec } from "../types.ts";

/** All containers of a pod's spec, each with its path. */
export function containersOf(spec: Frozen<PodSpec>, at: string): { container: Frozen<Container>; path: string }[] {
  const lists = { initContainers: spec.initContainers, containers: spec.containers };
  const named = Object.entries(lists).flatMap(([name, list = []]) => {
    return list.map((container, index) => ({ container, path: `${at}.${name}[${index}]` }));
  });
  const ephemeral = (spec.ephemeralContainers ?? []).map((container, index) => {
    return { container: container as Frozen<Container>, path: `${at}.ephemeralContainers[${index}]` };
  });
  return [...named, ...ephemeral];
}

/** Warnings of amounts of bytes that are no whole number. */
export function fractionalBytes(amounts: Readonly<Record<string, string>> | undefined, at: string): string[] {
  return ["memory", "ephemeral-storage"].flatMap((name) => {
    const value = amounts?.[name];
    if (value === undefined || millisOf(value) % 1000 === 0) return [];
    return [`${at}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`];
  });
}

/** Warnings of a container's resources and environment. */
export function* containerWarnings({ resources, env = [] }: Frozen<Container>, at: string): Generator<string> {
  const limits = fractionalBytes(resources?.limits as Record<string, string>, `${at}.resources.limits`);
  const requests = fractionalBytes(resources?.requests as Record<string, string>, `${at}.resources.requests`);
  // Kubernetes goes by resource, not by where it stands.
  for (const name of ["memory", "ephemeral-storage"]) {
    yield* [...limits, ...requests].filter((text) => text.includes(`[${name}]:`));
  }
  const names = new Set<string>();
  for (const [index, { name, value = "", valueFrom }] of env.entries()) {
    const isKnown = names.has(name);
    names.add(name);
    const reference = `$(${name})`;
    // Who adds to what was there before hides nothing.
    const adds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (!isKnown || adds) continue;
    const what = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    yield `${at}.env[${index}]: ${what}`;
  }
}
