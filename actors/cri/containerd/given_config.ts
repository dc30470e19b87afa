import { present } from "../../kit/present.ts";
import type { ContainerConfig, ResourceLimits } from "../messages.ts";
import type { PodSandboxConfig } from "../sandbox_config.ts";
import type { Given } from "./cri_schema.ts";

/** Whose a sandbox or a container is: by these labels they are found again. */
export interface Ownership {
  /** Tells the cluster apart from others that use the same runtime. */
  readonly cluster: string;
  /** The address of the computer. */
  readonly computer: string;
}

/** What a cluster of ours marks what it makes with. */
const clusterLabel = "kubetroupe.dev/cluster";
const computerLabel = "kubetroupe.dev/computer";

const [podMode, containerMode, nodeMode, targetMode] = [0, 1, 2, 3];
const [runtimeDefault, unconfined, localhost] = [0, 1, 2];
const hostNameMax = 63;
const cpuPeriodMicros = 100_000;
/** The least and the most that a kernel can be told to prefer somebody by; a whole processor is 1,024. */
const [sharesMin, sharesMax] = [2, 262_144];
/** The least that a kernel takes. */
const cpuQuotaMicrosMin = 1_000;

/** As Kubernetes hides them from containers whose `procMount` is the default. */
const maskedPaths = [
  ...["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats"],
  ...["/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"],
  "/sys/devices/virtual/powercap",
];
const mergedGroups = 0;
const strictGroups = 1;
const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** A map of texts as messages have it. */
export function entries(map: Readonly<Record<string, string>>): readonly Given<"Entry">[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

/** What tells the image as a container's pod named it: the runtime's own name of it may be another. */
export const imageAnnotation = "kubetroupe.dev/image";

/** By which labels a runtime finds what is a computer's, or the whole cluster's. */
export function ownedBy({ cluster, computer }: Pick<Ownership, "cluster"> & Partial<Ownership>) {
  return entries({ [clusterLabel]: cluster, ...(computer === undefined ? {} : { [computerLabel]: computer }) });
}

/** Which computer's something is. */
export function computerIn(labels: readonly Given<"Entry">[]): string | undefined {
  return labels.find(({ key }) => key === computerLabel)?.value;
}

function podLabels({ name, namespace, uid }: PodSandboxConfig): Readonly<Record<string, string>> {
  return {
    "io.kubernetes.pod.name": name,
    "io.kubernetes.pod.namespace": namespace,
    "io.kubernetes.pod.uid": uid,
  };
}

/** A sandbox as the CRI is asked for it. That ports of its node lead to it is its computer's doing, not the machine's. */
export function sandboxConfig(pod: PodSandboxConfig, owner: Ownership, logFolder: string): Given<"PodSandboxConfig"> {
  const { name, namespace, uid, attempt, hostNetwork = false, sharedWithNode = [], sysctls = [] } = pod;
  const mode = (what: "processes" | "ipc", own: number) => (sharedWithNode.includes(what) ? nodeMode : own);
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: hostNetwork ? "" : (pod.hostname ?? name).slice(0, hostNameMax).replace(/[-.]+$/, ""),
    log_directory: logFolder,
    labels: [...entries(podLabels(pod)), ...ownedBy(owner)],
    linux: {
      security_context: {
        namespace_options: {
          network: hostNetwork ? nodeMode : podMode,
          pid: mode("processes", pod.sharesProcesses ? podMode : containerMode),
          ipc: mode("ipc", podMode),
        },
        privileged: pod.isPrivileged ?? false,
        seccomp: { profile_type: runtimeDefault },
      },
      sysctls: entries(Object.fromEntries(sysctls.map(({ name: key, value }) => [key.replaceAll("/", "."), value]))),
    },
  };
}

/** What of a container depends on more than its configuration. */
export interface ContainerPlace {
  readonly owner: Ownership;
  readonly pod: PodSandboxConfig;
  readonly mounts: readonly Given<"Mount">[];
  /** Below its pod's folder of logs. */
  readonly logPath: string;
  /** The container whose processes it sees. */
  readonly target: string | undefined;
}

/** A container as the CRI is asked for it. */
export function containerConfig(config: ContainerConfig, place: ContainerPlace): Given<"ContainerConfig"> {
  const { name, attempt, image, command, args, env, workingDir = "" } = config;
  return {
    metadata: { name, attempt },
    image: { image },
    command,
    args,
    working_dir: workingDir,
    envs: Object.entries(env).map(([key, value]) => ({ key, value })),
    mounts: place.mounts,
    labels: [...entries({ ...podLabels(place.pod), "io.kubernetes.container.name": name }), ...ownedBy(place.owner)],
    annotations: entries({ [imageAnnotation]: image }),
    log_path: place.logPath,
    stdin: config.hasInput ?? false,
    stdin_once: config.closesInput ?? false,
    tty: config.hasTerminal ?? false,
    linux: { resources: resourcesOf(config), security_context: securityOf(config, place) },
  };
}

/** What a container gets at most, as the kernel is told it; without a limit it gets what there is. */
export function resourcesOf({
  memoryLimitBytes = 0,
  cpuLimitMillis,
  cpuRequestMillis = 0,
  oomScoreAdj,
}: ResourceLimits): Given<"LinuxContainerResources"> {
  const quota = cpuLimitMillis === undefined ? -1 : Math.round((cpuLimitMillis * cpuPeriodMicros) / 1_000);
  return {
    cpu_shares: Math.min(Math.max(Math.floor((cpuRequestMillis * 1_024) / 1_000), sharesMin), sharesMax),
    cpu_period: cpuPeriodMicros,
    cpu_quota: quota < 0 ? quota : Math.max(quota, cpuQuotaMicrosMin),
    memory_limit_in_bytes: memoryLimitBytes,
    ...(oomScoreAdj === undefined ? {} : { oom_score_adj: oomScoreAdj }),
  };
}

function securityOf(config: ContainerConfig, { pod, target }: ContainerPlace): Given<"LinuxContainerSecurityContext"> {
  const { user, isPrivileged = false, capabilities = {}, seccomp, seesAllOfProc = false } = config;
  const { sharedWithNode = [], sharesProcesses, hostNetwork } = pod;
  const ownPid = sharesProcesses ? podMode : target === undefined ? containerMode : targetMode;
  const isHidden = !isPrivileged && !seesAllOfProc;
  return {
    capabilities: {
      add_capabilities: capabilities.add ?? [],
      drop_capabilities: capabilities.drop ?? [],
    },
    privileged: isPrivileged,
    namespace_options: {
      network: hostNetwork ? nodeMode : podMode,
      pid: sharedWithNode.includes("processes") ? nodeMode : ownPid,
      ipc: sharedWithNode.includes("ipc") ? nodeMode : podMode,
      ...(target === undefined || ownPid !== targetMode ? {} : { target_id: target }),
    },
    ...(user?.uid === undefined ? {} : { run_as_user: { value: user.uid } }),
    // A runtime takes no group without a user.
    ...(user?.uid === undefined || user.gid === undefined ? {} : { run_as_group: { value: user.gid } }),
    supplemental_groups: user?.groups ?? [],
    supplemental_groups_policy: user?.isOfTheseAlone ? strictGroups : mergedGroups,
    readonly_rootfs: config.hasReadOnlyRoot ?? false,
    no_new_privs: config.mayNotGain ?? false,
    masked_paths: isHidden ? maskedPaths : [],
    readonly_paths: isHidden ? readonlyPaths : [],
    seccomp: present({
      profile_type: seccomp === undefined ? unconfined : seccomp === "RuntimeDefault" ? runtimeDefault : localhost,
      localhost_ref: config.seccompFile,
    }),
    ...present({ apparmor: appArmorOf(config) }),
  };
}

function appArmorOf({ appArmor, appArmorProfile }: ContainerConfig): Given<"SecurityProfile"> | undefined {
  if (appArmor === undefined) return undefined;
  const type = { RuntimeDefault: runtimeDefault, Unconfined: unconfined, Localhost: localhost }[appArmor];
  return present({ profile_type: type, localhost_ref: appArmorProfile });
}
