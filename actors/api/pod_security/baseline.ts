import type { Frozen, PodSpec, Volume } from "../types.ts";
import {
  type Check,
  type Checked,
  containersOf,
  containersText,
  containersWhere,
  distinct,
  quoted,
  settersText,
  word,
} from "./check.ts";

const capabilities = new Set(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
  SYS_CHROOT`.split(/\s+/),
);

/** The sysctls that anybody may set, by since when. */
const sysctlsSince: readonly (readonly [number, string])[] = [
  [0, "kernel.shm_rmid_forced"],
  [0, "net.ipv4.ip_local_port_range"],
  [0, "net.ipv4.tcp_syncookies"],
  [0, "net.ipv4.ping_group_range"],
  [0, "net.ipv4.ip_unprivileged_port_start"],
  [27, "net.ipv4.ip_local_reserved_ports"],
  [29, "net.ipv4.tcp_keepalive_time"],
  [29, "net.ipv4.tcp_fin_timeout"],
  [29, "net.ipv4.tcp_keepalive_intvl"],
  [29, "net.ipv4.tcp_keepalive_probes"],
  [32, "net.ipv4.tcp_rmem"],
  [32, "net.ipv4.tcp_wmem"],
];

const isSeccomp = (type: string | undefined) => type === "RuntimeDefault" || type === "Localhost";

/** Where a profile for system calls is set to one that is none. */
export function badSeccomp(pod: Checked): string | undefined {
  const own = pod.spec.securityContext?.seccompProfile?.type;
  const isPod = own !== undefined && !isSeccomp(own);
  const isBad = (type: string | undefined) => type !== undefined && !isSeccomp(type);
  const names = containersWhere(pod, ({ seccompProfile }) => isBad(seccompProfile?.type));
  if (!isPod && names.length === 0) return undefined;
  const types = containersOf(pod.spec).map(({ securityContext }) => securityContext?.seccompProfile?.type);
  const values = distinct([own, ...types].flatMap((type) => (type !== undefined && isBad(type) ? [type] : [])));
  return `${settersText(isPod, names)} must not set securityContext.seccompProfile.type to ${quoted(values)}`;
}

const annotationPrefix = "container.apparmor.security.beta.kubernetes.io/";

/** What no pod may that is not trusted with its node, by Kubernetes' policy `baseline`. */
export const baseline: readonly Check[] = [
  {
    id: "appArmorProfile",
    of(pod) {
      const isBad = (type: string | undefined) => type !== undefined && !isSeccomp(type);
      const own = profileOf(pod.spec.securityContext);
      const names = containersWhere(pod, (security) => isBad(profileOf(security)));
      const annotations = Object.entries(pod.annotations).filter(
        ([key, value]) => key.startsWith(annotationPrefix) && !/^(?:|runtime\/default|localhost\/.*)$/.test(value),
      );
      const types = [own, ...containersOf(pod.spec).map(({ securityContext }) => profileOf(securityContext))];
      const values = distinct([
        ...types.flatMap((type) => (type !== undefined && isBad(type) ? [type] : [])),
        ...annotations.map(([, value]) => value),
      ]);
      if (values.length === 0) return undefined;
      const setters = [
        ...(isBad(own) || names.length > 0 ? [settersText(isBad(own), names)] : []),
        ...annotations.map(([key]) => `annotation ${JSON.stringify(key)}`).sort(),
      ].join(" and ");
      return {
        reason: word("forbidden AppArmor profile", values.length),
        detail: `${setters} must not set AppArmor profile type to ${quoted(values)}`,
      };
    },
  },
  {
    id: "capabilities_baseline",
    of(pod) {
      const names = containersWhere(pod, (security) => addedBeyond(security, capabilities).length > 0);
      if (names.length === 0) return undefined;
      const added = containersOf(pod.spec).flatMap(({ securityContext = {} }) =>
        addedBeyond(securityContext, capabilities),
      );
      return {
        reason: "non-default capabilities",
        detail: `${containersText(names)} must not include ${quoted(distinct(added))} in securityContext.capabilities.add`,
      };
    },
  },
  {
    id: "hostNamespaces",
    of({ spec }) {
      const set = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((name) => spec[name] === true);
      return set.length > 0
        ? { reason: "host namespaces", detail: set.map((name) => `${name}=true`).join(", ") }
        : undefined;
    },
  },
  {
    id: "hostPathVolumes",
    of({ spec }) {
      const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name);
      return names.length > 0
        ? { reason: "hostPath volumes", detail: `${word("volume", names.length)} ${quoted(names)}` }
        : undefined;
    },
  },
  {
    id: "hostPorts",
    of({ spec }) {
      const bad = containersOf(spec).filter(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
      if (bad.length === 0) return undefined;
      const ports = distinct(
        bad.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))),
      );
      const names = bad.map(({ name }) => name);
      return {
        reason: "hostPort",
        detail: `${containersText(names)} ${word("uses", names.length, "use")} ${word("hostPort", ports.length)} ${ports.join(", ")}`,
      };
    },
  },
  {
    id: "hostProbesAndHostLifecycle",
    since: 34,
    of({ spec }) {
      const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0);
      if (bad.length === 0) return undefined;
      const names = distinct(bad.map(({ name }) => name));
      const hosts = distinct(bad.flatMap(hostsOf));
      return {
        reason: "probe or lifecycle host",
        detail: `${containersText(names)} ${word("uses", names.length, "use")} ${word("probe or lifecycle host", hosts.length)} ${quoted(hosts)}`,
      };
    },
  },
  {
    id: "privileged",
    of(pod) {
      const names = containersWhere(pod, ({ privileged }) => privileged === true);
      return names.length > 0
        ? { reason: "privileged", detail: `${containersText(names)} must not set securityContext.privileged=true` }
        : undefined;
    },
  },
  {
    id: "procMount",
    of(pod) {
      const isBad = (mount: string | undefined) => mount !== undefined && mount !== "Default";
      const names = containersWhere(pod, ({ procMount }) => isBad(procMount));
      if (names.length === 0) return undefined;
      const values = containersOf(pod.spec).flatMap(({ securityContext }) => securityContext?.procMount ?? []);
      return {
        reason: "procMount",
        detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(distinct(values.filter(isBad)))}`,
      };
    },
  },
  { id: "seLinuxOptions", of: seLinuxOptions },
  {
    id: "seccompProfile_baseline",
    since: 19,
    of(pod) {
      const detail = badSeccomp(pod);
      return detail === undefined ? undefined : { reason: "seccompProfile", detail };
    },
  },
  {
    id: "sysctls",
    of({ spec }, minor) {
      const allowed = new Set(sysctlsSince.filter(([since]) => since <= minor).map(([, name]) => name));
      const names = (spec.securityContext?.sysctls ?? [])
        .filter(({ name }) => !allowed.has(name))
        .map(({ name }) => name);
      return names.length > 0 ? { reason: "forbidden sysctls", detail: names.join(", ") } : undefined;
    },
  },
  {
    id: "windowsHostProcess",
    of(pod) {
      const isPod = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
      const names = containersWhere(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
      if (!isPod && names.length === 0) return undefined;
      const detail = `${settersText(isPod, names)} must not set securityContext.windowsOptions.hostProcess=true`;
      return { reason: "hostProcess", detail };
    },
  },
];

interface Profiled {
  readonly appArmorProfile?: { readonly type?: string };
}

/** The package that gives the other fields does not know this one. */
function profileOf(security: object | undefined): string | undefined {
  return (security as Profiled | undefined)?.appArmorProfile?.type;
}

/** What a container adds beyond what it may. */
export function addedBeyond(
  { capabilities: own }: { readonly capabilities?: { readonly add?: readonly string[] } },
  allowed: ReadonlySet<string>,
): string[] {
  return (own?.add ?? []).filter((each) => !allowed.has(each));
}

function hostsOf({
  livenessProbe,
  readinessProbe,
  startupProbe,
  lifecycle,
}: Frozen<PodSpec>["containers"][number]): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return handlers.flatMap((each) => [each?.httpGet?.host, each?.tcpSocket?.host]).flatMap((host) => host || []);
}

interface SeLinux {
  readonly type?: string;
  readonly user?: string;
  readonly role?: string;
}

function seLinuxOptions(pod: Checked, minor: number) {
  const types = new Set(["", "container_t", "container_init_t", "container_kvm_t"]);
  if (minor >= 31) types.add("container_engine_t");
  const isBad = ({ type = "", user, role }: SeLinux = {}) => !types.has(type) || Boolean(user) || Boolean(role);
  const isPod = isBad(pod.spec.securityContext?.seLinuxOptions);
  const names = containersWhere(pod, ({ seLinuxOptions: own }) => isBad(own));
  if (!isPod && names.length === 0) return undefined;
  const all: SeLinux[] = [
    pod.spec.securityContext?.seLinuxOptions ?? {},
    ...containersOf(pod.spec).map(({ securityContext }) => securityContext?.seLinuxOptions ?? {}),
  ];
  const bad = distinct(all.map(({ type = "" }) => type).filter((type) => !types.has(type)));
  const data = [
    ...(bad.length > 0 ? [`${word("type", bad.length)} ${quoted(bad)}`] : []),
    ...(all.some(({ user }) => user) ? ["user may not be set"] : []),
    ...(all.some(({ role }) => role) ? ["role may not be set"] : []),
  ].join("; ");
  const detail = `${settersText(isPod, names)} set forbidden securityContext.seLinuxOptions: ${data}`;
  return { reason: "seLinuxOptions", detail };
}

/** The type of a volume, by the name of its field. */
export function volumeTypeOf(volume: Frozen<Volume>): string {
  return Object.keys(volume).find((field) => field !== "name") ?? "unknown";
}
