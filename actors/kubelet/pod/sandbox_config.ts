import type { Frozen, Pod } from "../../api/types.ts";
import type { SandboxStatus } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { hostNameOf } from "../container/host_name.ts";
import type { PodRecord } from "./pod_record.ts";
import { portMappingsOf } from "./port_mappings.ts";
import { handlerOf } from "./runtime_handler.ts";

type SandboxConfig = SandboxStatus["pod"];

/** What a sandbox is, beside what its pod says. */
interface SandboxOptions {
  readonly attempt: number;
  /** Whom its processes ask for names. Default: whom they usually do. */
  readonly clusterDns: string | undefined;
}

/** What the runtime is told of a pod's sandbox: beside who it is, only where the pod says something of its own. */
export function sandboxConfig(record: PodRecord, { attempt, clusterDns }: SandboxOptions): SandboxConfig {
  const { pod } = record;
  const { name, namespace = "" } = pod.metadata;
  const { hostNetwork = false, hostPID, hostIPC, shareProcessNamespace, securityContext } = pod.spec;
  const portMappings = hostNetwork ? [] : portMappingsOf(pod);
  const hostname = hostNetwork ? name : hostNameOf(pod);
  const shared = [...(hostPID ? (["processes"] as const) : []), ...(hostIPC ? (["ipc"] as const) : [])];
  const sysctls = securityContext?.sysctls ?? [];
  return {
    ...{ name, namespace, uid: record.uid, attempt, hostNetwork },
    ...(portMappings.length > 0 ? { portMappings } : {}),
    ...present({ clusterDns }),
    ...handlerOf(record),
    ...(hostname === name ? {} : { hostname }),
    ...(shared.length > 0 ? { sharedWithNode: shared } : {}),
    ...(shareProcessNamespace ? { sharesProcesses: true } : {}),
    ...(hasOwnUsers(pod) ? { hasOwnUsers: true } : {}),
    ...(isPrivileged(pod) ? { isPrivileged: true } : {}),
    ...(sysctls.length > 0 ? { sysctls: sysctls.map(({ name: key, value }) => ({ name: key, value })) } : {}),
  };
}

/** The types' package does not have the field yet. */
function hasOwnUsers({ spec }: Frozen<Pod>): boolean {
  return (spec as { readonly hostUsers?: boolean }).hostUsers === false;
}

function isPrivileged({ spec }: Frozen<Pod>): boolean {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  return all.some(({ securityContext }) => securityContext?.privileged === true);
}
