import { millisOf } from "../quantity.ts";
import type { Container, ContainerPort, Frozen, PodSpec } from "../types.ts";

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
export function containerWarnings({ resources, env = [] }: Frozen<Container>, at: string): string[] {
  const limits = fractionalBytes(resources?.limits as Record<string, string>, `${at}.resources.limits`);
  const requests = fractionalBytes(resources?.requests as Record<string, string>, `${at}.resources.requests`);
  // Kubernetes goes by resource, not by where it stands.
  const amounts = ["memory", "ephemeral-storage"].flatMap((name) =>
    [...limits, ...requests].filter((text) => text.includes(`[${name}]:`)),
  );
  const names = new Set<string>();
  const hidden = env.flatMap(({ name, value = "", valueFrom }, index) => {
    const isKnown = names.has(name);
    names.add(name);
    const reference = `$(${name})`;
    // Who adds to what was there before hides nothing.
    const adds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (!isKnown || adds) return [];
    const what = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return [`${at}.env[${index}]: ${what}`];
  });
  return [...amounts, ...hidden];
}

/** Warnings of ports that several containers, or one twice, say they have. */
export function portWarnings(spec: Frozen<PodSpec>, at: string): string[] {
  const warnings: string[] = [];
  const known = new Map<string, { path: string; port: Frozen<ContainerPort> }[]>();
  for (const { container, path } of containersOf(spec, at)) {
    for (const [index, port] of (container.ports ?? []).entries()) {
      const own = `${path}.ports[${index}]`;
      if (port.hostIP && !port.hostPort) warnings.push(`${own}: hostIP set without hostPort: ${goPort(port)}`);
      const key = `${port.containerPort}/${port.protocol ?? "TCP"}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const how = overlap(port, other.port);
        if (how !== undefined) warnings.push(`${own}: ${how} port definition with ${other.path}`);
      }
      known.set(key, [...others, { path: own, port }]);
    }
  }
  return warnings;
}

function overlap(a: Frozen<ContainerPort>, b: Frozen<ContainerPort>): string | undefined {
  const [hostA, hostB] = [a.hostPort ?? 0, b.hostPort ?? 0];
  const [ipA, ipB] = [a.hostIP ?? "", b.hostIP ?? ""];
  if (ipA === ipB && hostA === hostB) return "duplicate";
  if (hostA === 0 || hostB === 0) return "overlapping";
  return hostA === hostB && (ipA === "") !== (ipB === "") ? "dangerously ambiguous" : undefined;
}

/** A port as Go prints a struct with `%+v`. */
function goPort({
  name = "",
  hostPort = 0,
  containerPort,
  protocol = "TCP",
  hostIP = "",
}: Frozen<ContainerPort>): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}
