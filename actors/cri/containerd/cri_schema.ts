import type { Read, Written } from "../../api/protobuf_codec.ts";

/**
 * The messages of the Container Runtime Interface, runtime.v1, as far as a kubelet of ours needs them: of each its
 * fields, with number and type (`api/protobuf_codec.ts`). Times are nanoseconds since 1970.
 *
 * @see https://kubernetes.io/docs/concepts/containers/cri/
 */
export const schema = {
  Empty: {},
  /** What a map of texts is made of. */
  Entry: { key: [1, "text"], value: [2, "text"] },
  Int64Value: { value: [1, "int"] },
  UInt64Value: { value: [1, "int"] },
  VersionRequest: { version: [1, "text"] },
  VersionResponse: {
    version: [1, "text"],
    runtime_name: [2, "text"],
    runtime_version: [3, "text"],
    runtime_api_version: [4, "text"],
  },
  RuntimeCondition: { type: [1, "text"], status: [2, "bool"], reason: [3, "text"], message: [4, "text"] },
  RuntimeStatus: { conditions: [1, "RuntimeCondition", "many"] },
  StatusRequest: { verbose: [1, "bool"] },
  StatusResponse: { status: [1, "RuntimeStatus"] },
  NetworkConfig: { pod_cidr: [1, "text"] },
  RuntimeConfig: { network_config: [1, "NetworkConfig"] },
  UpdateRuntimeConfigRequest: { runtime_config: [1, "RuntimeConfig"] },

  DNSConfig: { servers: [1, "text", "many"], searches: [2, "text", "many"], options: [3, "text", "many"] },
  NamespaceOption: { network: [1, "int"], pid: [2, "int"], ipc: [3, "int"], target_id: [4, "text"] },
  SecurityProfile: { profile_type: [1, "int"], localhost_ref: [2, "text"] },
  LinuxSandboxSecurityContext: {
    namespace_options: [1, "NamespaceOption"],
    privileged: [6, "bool"],
    seccomp: [9, "SecurityProfile"],
  },
  LinuxPodSandboxConfig: {
    cgroup_parent: [1, "text"],
    security_context: [2, "LinuxSandboxSecurityContext"],
    sysctls: [3, "Entry", "many"],
  },
  PodSandboxMetadata: { name: [1, "text"], uid: [2, "text"], namespace: [3, "text"], attempt: [4, "int"] },
  PodSandboxConfig: {
    metadata: [1, "PodSandboxMetadata"],
    hostname: [2, "text"],
    log_directory: [3, "text"],
    dns_config: [4, "DNSConfig"],
    labels: [6, "Entry", "many"],
    annotations: [7, "Entry", "many"],
    linux: [8, "LinuxPodSandboxConfig"],
  },
  RunPodSandboxRequest: { config: [1, "PodSandboxConfig"], runtime_handler: [2, "text"] },
  RunPodSandboxResponse: { pod_sandbox_id: [1, "text"] },
  /** What stops, removes or looks at one asks; `verbose` is only for the last. */
  PodSandboxRequest: { pod_sandbox_id: [1, "text"], verbose: [2, "bool"] },
  PodSandboxNetworkStatus: { ip: [1, "text"] },
  PodSandboxStatus: {
    id: [1, "text"],
    metadata: [2, "PodSandboxMetadata"],
    state: [3, "int"],
    created_at: [4, "id"],
    network: [5, "PodSandboxNetworkStatus"],
    labels: [7, "Entry", "many"],
  },
  PodSandboxStatusResponse: { status: [1, "PodSandboxStatus"], info: [2, "Entry", "many"] },
  PodSandboxFilter: { id: [1, "text"], label_selector: [3, "Entry", "many"] },
  ListPodSandboxRequest: { filter: [1, "PodSandboxFilter"] },
  PodSandbox: {
    id: [1, "text"],
    metadata: [2, "PodSandboxMetadata"],
    state: [3, "int"],
    created_at: [4, "id"],
    labels: [5, "Entry", "many"],
  },
  ListPodSandboxResponse: { items: [1, "PodSandbox", "many"] },

  ImageSpec: { image: [1, "text"] },
  ImageRequest: { image: [1, "ImageSpec"] },
  Image: {
    id: [1, "text"],
    repo_tags: [2, "text", "many"],
    repo_digests: [3, "text", "many"],
    size: [4, "int"],
    uid: [5, "Int64Value"],
  },
  ImageStatusResponse: { image: [1, "Image"] },
  ListImagesResponse: { images: [1, "Image", "many"] },
  AuthConfig: { username: [1, "text"], password: [2, "text"], server_address: [4, "text"] },
  PullImageRequest: { image: [1, "ImageSpec"], auth: [2, "AuthConfig"] },
  PullImageResponse: { image_ref: [1, "text"] },

  KeyValue: { key: [1, "text"], value: [2, "text"] },
  Mount: {
    container_path: [1, "text"],
    host_path: [2, "text"],
    readonly: [3, "bool"],
    recursive_read_only: [8, "bool"],
  },
  LinuxContainerResources: {
    cpu_period: [1, "int"],
    cpu_quota: [2, "int"],
    cpu_shares: [3, "int"],
    memory_limit_in_bytes: [4, "int"],
    oom_score_adj: [5, "int"],
  },
  Capability: { add_capabilities: [1, "text", "many"], drop_capabilities: [2, "text", "many"] },
  LinuxContainerSecurityContext: {
    capabilities: [1, "Capability"],
    privileged: [2, "bool"],
    namespace_options: [3, "NamespaceOption"],
    run_as_user: [5, "Int64Value"],
    run_as_group: [12, "Int64Value"],
    readonly_rootfs: [7, "bool"],
    supplemental_groups: [8, "int", "many"],
    no_new_privs: [11, "bool"],
    masked_paths: [13, "text", "many"],
    readonly_paths: [14, "text", "many"],
    seccomp: [15, "SecurityProfile"],
    apparmor: [16, "SecurityProfile"],
    supplemental_groups_policy: [17, "int"],
  },
  LinuxContainerConfig: {
    resources: [1, "LinuxContainerResources"],
    security_context: [2, "LinuxContainerSecurityContext"],
  },
  ContainerMetadata: { name: [1, "text"], attempt: [2, "int"] },
  ContainerConfig: {
    metadata: [1, "ContainerMetadata"],
    image: [2, "ImageSpec"],
    command: [3, "text", "many"],
    args: [4, "text", "many"],
    working_dir: [5, "text"],
    envs: [6, "KeyValue", "many"],
    mounts: [7, "Mount", "many"],
    labels: [9, "Entry", "many"],
    annotations: [10, "Entry", "many"],
    log_path: [11, "text"],
    stdin: [12, "bool"],
    stdin_once: [13, "bool"],
    tty: [14, "bool"],
    linux: [15, "LinuxContainerConfig"],
  },
  CreateContainerRequest: {
    pod_sandbox_id: [1, "text"],
    config: [2, "ContainerConfig"],
    sandbox_config: [3, "PodSandboxConfig"],
  },
  CreateContainerResponse: { container_id: [1, "text"] },
  /** What starts, removes, looks at or rotates the log of one asks. */
  ContainerRequest: { container_id: [1, "text"] },
  StopContainerRequest: { container_id: [1, "text"], timeout: [2, "int"] },
  ContainerFilter: { id: [1, "text"], pod_sandbox_id: [3, "text"], label_selector: [4, "Entry", "many"] },
  ListContainersRequest: { filter: [1, "ContainerFilter"] },
  Container: {
    id: [1, "text"],
    pod_sandbox_id: [2, "text"],
    metadata: [3, "ContainerMetadata"],
    image: [4, "ImageSpec"],
    image_ref: [5, "text"],
    state: [6, "int"],
    created_at: [7, "id"],
    labels: [8, "Entry", "many"],
  },
  ListContainersResponse: { containers: [1, "Container", "many"] },
  ContainerStatus: {
    id: [1, "text"],
    metadata: [2, "ContainerMetadata"],
    state: [3, "int"],
    created_at: [4, "id"],
    started_at: [5, "id"],
    finished_at: [6, "id"],
    exit_code: [7, "int"],
    image: [8, "ImageSpec"],
    image_ref: [9, "text"],
    reason: [10, "text"],
    message: [11, "text"],
    annotations: [13, "Entry", "many"],
    log_path: [15, "text"],
    user: [18, "ContainerUser"],
  },
  ContainerUser: { linux: [1, "LinuxContainerUser"] },
  LinuxContainerUser: { uid: [1, "int"], gid: [2, "int"], supplemental_groups: [3, "int", "many"] },
  ContainerStatusResponse: { status: [1, "ContainerStatus"] },
  UpdateContainerResourcesRequest: { container_id: [1, "text"], linux: [2, "LinuxContainerResources"] },
  ExecSyncRequest: { container_id: [1, "text"], cmd: [2, "text", "many"], timeout: [3, "int"] },
  ExecSyncResponse: { stdout: [1, "key"], stderr: [2, "key"], exit_code: [3, "int"] },
  ExecRequest: {
    container_id: [1, "text"],
    cmd: [2, "text", "many"],
    tty: [3, "bool"],
    stdin: [4, "bool"],
    stdout: [5, "bool"],
    stderr: [6, "bool"],
  },
  AttachRequest: {
    container_id: [1, "text"],
    stdin: [2, "bool"],
    tty: [3, "bool"],
    stdout: [4, "bool"],
    stderr: [5, "bool"],
  },
  PortForwardRequest: { pod_sandbox_id: [1, "text"], port: [2, "int", "many"] },
  /** Where the streams are: a URL of the runtime's own server. */
  StreamingResponse: { url: [1, "text"] },

  ContainerStatsFilter: { id: [1, "text"], pod_sandbox_id: [2, "text"], label_selector: [3, "Entry", "many"] },
  ListContainerStatsRequest: { filter: [1, "ContainerStatsFilter"] },
  ContainerAttributes: { id: [1, "text"], metadata: [2, "ContainerMetadata"] },
  CpuUsage: { timestamp: [1, "id"], usage_core_nano_seconds: [2, "UInt64Value"] },
  MemoryUsage: { timestamp: [1, "id"], working_set_bytes: [2, "UInt64Value"] },
  FilesystemUsage: { timestamp: [1, "id"], used_bytes: [3, "UInt64Value"] },
  ContainerStats: {
    attributes: [1, "ContainerAttributes"],
    cpu: [2, "CpuUsage"],
    memory: [3, "MemoryUsage"],
    writable_layer: [4, "FilesystemUsage"],
  },
  ListContainerStatsResponse: { stats: [1, "ContainerStats", "many"] },
} as const;

/** The name of a message. */
export type MessageName = keyof typeof schema;

/** A message that was read: what it did not say has its default; messages in it that were not there are absent. */
export type Received<Name extends MessageName> = Read<typeof schema, Name>;

/** A message to be written: what is absent has its default. */
export type Given<Name extends MessageName> = Written<typeof schema, Name>;
