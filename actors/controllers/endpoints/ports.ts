import type { EndpointPort, Frozen, Pod, Service, ServicePort } from "../../api/types.ts";
import { present } from "../../kit/present.ts";

/** The number of a Service's port in a pod; undefined when the pod has no port of that name. */
function targetPortOf({ spec }: Frozen<Pod>, port: Frozen<ServicePort>): number | undefined {
  const { targetPort = port.port, protocol = "TCP" } = port;
  if (typeof targetPort === "number") return targetPort;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  for (const { ports = [] } of [...spec.containers, ...sidecars]) {
    const found = ports.find((each) => each.name === targetPort && (each.protocol ?? "TCP") === protocol);
    if (found) return found.containerPort;
  }
  return undefined;
}

/** The ports at which a pod is reached through a Service; those that the pod does not have are left out. */
export function endpointPorts({ spec }: Frozen<Service>, object: Frozen<Pod>): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const each of spec.ports ?? []) {
    const port = targetPortOf(object, each);
    if (port === undefined) continue;
    const { name = "", protocol = "TCP", appProtocol } = each;
    ports.push({ name, port, protocol, ...present({ appProtocol }) });
  }
  return ports;
}

/** A text that is equal for equal sets of ports: what slices are grouped by. */
export function portsKey(ports: readonly Frozen<EndpointPort>[] | undefined): string {
  return (ports ?? [])
    .map(({ name = "", port = "", protocol = "", appProtocol = "" }) => `${name}/${protocol}/${port}/${appProtocol}`)
    .sort()
    .join();
}
