import type { ContainerPort, Frozen, PodSpec } from "../types.ts";
import { containersOf } from "./containers.ts";

interface Placed {
  readonly path: string;
  readonly port: Frozen<ContainerPort>;
  /** Which of all ports it is. */
  readonly order: number;
}

/**
 * The ports so far of one number and protocol, by what has to be equal for a warning. Each port is looked up only among
 * those that it will be warned of: compared with every other, a body full of ports takes quadratic time.
 */
interface SamePorts {
  readonly all: Placed[];
  readonly byHost: Map<string, Placed[]>;
}

/** Warnings of ports that several containers, or one twice, say they have. */
export function* portWarnings(spec: Frozen<PodSpec>, at: string): Generator<string> {
  const known = new Map<string, SamePorts>();
  let order = 0;
  for (const { container, path } of containersOf(spec, at)) {
    for (const [index, port] of (container.ports ?? []).entries()) {
      const own = { path: `${path}.ports[${index}]`, port, order: order++ };
      if (port.hostIP && !port.hostPort) yield `${own.path}: hostIP set without hostPort: ${goPort(port)}`;
      const key = `${port.containerPort}/${port.protocol ?? "TCP"}`;
      const same = known.get(key) ?? { all: [], byHost: new Map() };
      known.set(key, same);
      for (const other of overlapping(same, port)) {
        yield `${own.path}: ${overlap(port, other.port)} port definition with ${other.path}`;
      }
      remember(same, own);
    }
  }
}

/** Under which names a port is looked up: its place on the host, and that place's number alone. */
const places = {
  exact: ({ hostPort = 0, hostIP = "" }: Frozen<ContainerPort>) => `${hostPort}/${hostIP}`,
  anyIp: ({ hostPort = 0 }: Frozen<ContainerPort>) => `${hostPort}`,
};

function remember({ all, byHost }: SamePorts, own: Placed): void {
  all.push(own);
  for (const name of [places.exact(own.port), places.anyIp(own.port)]) {
    const there = byHost.get(name);
    if (there) there.push(own);
    else byHost.set(name, [own]);
  }
}

/** The ports that a port overlaps with, the first first. */
function overlapping({ all, byHost }: SamePorts, port: Frozen<ContainerPort>): readonly Placed[] {
  const { hostPort = 0, hostIP = "" } = port;
  // One that is on no port of the host is in the way of all others, and they of it.
  if (hostPort === 0) return all;
  const names = hostIP === "" ? [places.anyIp(port)] : [places.exact(port), places.exact({ ...port, hostIP: "" })];
  const found = ["0", ...names].flatMap((name) => byHost.get(name) ?? []);
  return found.sort((a, b) => a.order - b.order);
}

function overlap(a: Frozen<ContainerPort>, b: Frozen<ContainerPort>): string {
  if (places.exact(a) === places.exact(b)) return "duplicate";
  return (a.hostPort ?? 0) === 0 || (b.hostPort ?? 0) === 0 ? "overlapping" : "dangerously ambiguous";
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
