import type { Container, EphemeralContainer, Frozen, Pod } from "../../api/types.ts";
import type { ContainerConfig } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { hostDomainOf } from "./host_name.ts";

type Settings = Pick<ContainerConfig, "user" | "fsGroup" | "processes" | "domain">;

/** Who a container's processes run as, which group its volumes are of, and with whose processes they are seen together. */
export function processSettings(container: Frozen<Container>, pod: Frozen<Pod>): Settings {
  const { spec } = pod;
  const { fsGroup, supplementalGroups = [] } = spec.securityContext ?? {};
  const { runAsUser = spec.securityContext?.runAsUser } = container.securityContext ?? {};
  const { runAsGroup = spec.securityContext?.runAsGroup } = container.securityContext ?? {};
  const groups = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups];
  const isSomebody = runAsUser !== undefined || runAsGroup !== undefined || groups.length > 0;
  const { targetContainerName = "" } = container as Partial<Frozen<EphemeralContainer>>;
  const target = targetContainerName === "" ? undefined : ({ of: targetContainerName } as const);
  return {
    ...(isSomebody
      ? { user: { uid: runAsUser ?? 0, gid: runAsGroup ?? 0, ...(groups.length > 0 ? { groups } : {}) } }
      : {}),
    ...present({
      domain: hostDomainOf(pod),
      fsGroup,
      processes: spec.shareProcessNamespace ? ("pod" as const) : target,
    }),
  };
}
