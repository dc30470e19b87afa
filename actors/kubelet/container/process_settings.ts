import type { Container, EphemeralContainer, Frozen, Pod } from "../../api/types.ts";
import type { ContainerConfig } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { hostDomainOf } from "./host_name.ts";

type Settings = Pick<ContainerConfig, "user" | "fsGroup" | "processes" | "domain" | keyof Privileges>;

/** Who a container's processes run as, which group its volumes are of, and with whose processes they are seen together. */
export function processSettings(
  container: Frozen<Container>,
  pod: Frozen<Pod>,
  volumeGroups: readonly number[] = [],
): Settings {
  const { spec } = pod;
  const { fsGroup, supplementalGroups = [] } = spec.securityContext ?? {};
  const { supplementalGroupsPolicy } = (spec.securityContext ?? {}) as Newer;
  const { runAsUser = spec.securityContext?.runAsUser } = container.securityContext ?? {};
  const { runAsGroup = spec.securityContext?.runAsGroup } = container.securityContext ?? {};
  const groups = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups, ...volumeGroups];
  const user = present({
    ...{ uid: runAsUser, gid: runAsGroup, groups: groups.length > 0 ? groups : undefined },
    isOfTheseAlone: supplementalGroupsPolicy === "Strict" ? true : undefined,
  });
  const { targetContainerName = "" } = container as Partial<Frozen<EphemeralContainer>>;
  const target = targetContainerName === "" ? undefined : ({ of: targetContainerName } as const);
  return {
    ...(Object.keys(user).length > 0 ? { user } : {}),
    ...privileges(container, pod),
    ...present({
      domain: hostDomainOf(pod),
      fsGroup,
      processes: spec.hostPID ? ("host" as const) : spec.shareProcessNamespace ? ("pod" as const) : target,
    }),
  };
}

/** A field that is newer than the package that gives the others. */
interface Newer {
  readonly supplementalGroupsPolicy?: string;
}

type Profiles = Pick<ContainerConfig, "seccomp" | "seccompFile" | "appArmor" | "appArmorProfile">;

type Privileges = Pick<
  ContainerConfig,
  keyof Profiles | "isPrivileged" | "capabilities" | "mayNotGain" | "seesAllOfProc"
>;

/** Where a kubelet has the profiles that pods name. */
const seccompFolder = "/var/lib/kubelet/seccomp";

/** What a container's processes may, where that is not what a runtime gives by itself. */
function privileges({ securityContext = {} }: Frozen<Container>, { spec }: Frozen<Pod>): Privileges {
  const { privileged = false, capabilities, allowPrivilegeEscalation = true } = securityContext;
  return {
    ...(privileged ? { isPrivileged: true } : {}),
    ...present({ capabilities }),
    ...(allowPrivilegeEscalation ? {} : { mayNotGain: true }),
    ...profiles(securityContext, spec.securityContext),
    ...(securityContext.procMount === "Unmasked" ? { seesAllOfProc: true } : {}),
  };
}

type Confined = Frozen<Container>["securityContext"] & {
  readonly appArmorProfile?: { readonly type?: string; readonly localhostProfile?: string };
};

/** By which profiles they are held, their container's before their pod's. */
function profiles(own: Confined, pods: Confined | undefined): Profiles {
  const { type, localhostProfile = "" } = own.seccompProfile ?? pods?.seccompProfile ?? {};
  const { type: appArmor, localhostProfile: appArmorProfile } = own.appArmorProfile ?? pods?.appArmorProfile ?? {};
  return {
    ...(type === "RuntimeDefault" || type === "Localhost" ? { seccomp: type } : {}),
    ...(type === "Localhost" ? { seccompFile: `${seccompFolder}/${localhostProfile}` } : {}),
    ...present({ appArmor: appArmor as Profiles["appArmor"], appArmorProfile }),
  };
}
