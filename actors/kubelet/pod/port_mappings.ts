import type { Frozen, Pod } from "../../api/types.ts";
import type { SandboxStatus } from "../../cri/messages.ts";

type PortMapping = NonNullable<SandboxStatus["pod"]["portMappings"]>[number];

/** The ports of the node that a pod wants for itself; there is no SCTP here. */
export function portMappingsOf({ spec }: Frozen<Pod>): PortMapping[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, containerPort, hostIP = "", protocol = "TCP" }) => {
    if (!hostPort || protocol === "SCTP") return [];
    const isAll = hostIP === "" || hostIP === "0.0.0.0";
    const where = isAll ? {} : { hostIp: hostIP };
    return [{ protocol: protocol === "UDP" ? ("udp" as const) : ("tcp" as const), hostPort, containerPort, ...where }];
  });
}
