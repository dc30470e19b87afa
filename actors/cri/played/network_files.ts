import { type ContainerConfig, ipsOf } from "../messages.ts";
import { resolvFile } from "../resolv_file.ts";
import type { Container } from "../runtime_node.ts";

const localNames = [
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "fe00::0\tip6-mcastprefix",
  "fe00::1\tip6-allnodes",
  "fe00::2\tip6-allrouters",
];

/** What a kubelet writes for the processes of a container, so that they find names: by path. */
export function networkFiles({ config, sandbox }: Container, hostname: string): Readonly<Record<string, string>> {
  const { pod } = sandbox.status;
  const names = {
    "/etc/hosts": hostsFile(config, { ips: ipsOf(sandbox.status), hostname }),
    "/etc/resolv.conf": resolvFile(config, pod),
  };
  return { ...names, ...sysctlFiles(config) };
}

/** What most kernels have of what a pod may set. */
const usualSysctls: Readonly<Record<string, string>> = {
  "kernel.shm_rmid_forced": "0",
  "net.ipv4.ip_local_port_range": "32768\t60999",
  "net.ipv4.tcp_syncookies": "1",
  "net.ipv4.ping_group_range": "0\t2147483647",
  "net.ipv4.ip_unprivileged_port_start": "0",
};

function sysctlFiles({ sysctls = [] }: ContainerConfig): Readonly<Record<string, string>> {
  const all = { ...usualSysctls, ...Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`/proc/sys/${name.replaceAll(".", "/")}`, `${value}\n`]),
  );
}

/** @see https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/ */
function hostsFile(
  { hostAliases = [], domain }: ContainerConfig,
  { ips, hostname }: { readonly ips: readonly string[]; readonly hostname: string },
): string {
  const title =
    ips.length === 0 ? "# Kubernetes-managed hosts file (host network)." : "# Kubernetes-managed hosts file.";
  const own = ips.map((ip) => `${ip}\t${namesInHosts(hostname, domain)}`);
  const aliases = hostAliases.map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join("\t")}`);
  const added = aliases.length === 0 ? [] : ["", "# Entries added by HostAliases.", ...aliases];
  return `${[title, ...localNames, ...own, ...added].join("\n")}\n`;
}

/** A host's names, the long one first. */
function namesInHosts(hostname: string, domain: string | undefined): string {
  if (domain === undefined) return hostname;
  const short = hostname.endsWith(`.${domain}`) ? hostname.slice(0, -domain.length - 1) : hostname;
  return `${short}.${domain}\t${short}`;
}
