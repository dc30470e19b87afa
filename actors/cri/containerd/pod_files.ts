import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerConfig, SandboxStatus } from "../messages.ts";
import { resolvFile } from "../resolv_file.ts";
import type { Given } from "./cri_schema.ts";

/** The files that a kubelet gives each container, beside its volumes. */
export interface PodFiles {
  readonly mounts: readonly Given<"Mount">[];
  /** What its process has left as its last word, if anything. */
  lastWord(): string | undefined;
  remove(): void;
}

/** A container, and whether it can ask the cluster's DNS (default: it cannot). */
export interface ContainerWithNames extends ContainerConfig {
  readonly reachesCluster?: boolean;
}

/** As in Kubernetes, of one that is longer this much of its end counts. */
const lastWordBytesMax = 4_096;

/** Writes them into a folder: `/etc/hosts`, `/etc/resolv.conf` where its pod says something, the termination log. */
export function podFiles(folder: string, { ip, pod }: SandboxStatus, config: ContainerWithNames): PodFiles {
  mkdirSync(folder, { recursive: true });
  const termination = join(folder, "termination-log");
  writeFileSync(termination, "");
  chmodSync(termination, 0o666);
  const mounts: Given<"Mount">[] = [
    {
      container_path: config.terminationMessagePath ?? "/dev/termination-log",
      host_path: termination,
      readonly: false,
    },
  ];
  const give = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    mounts.push({ container_path: `/etc/${name}`, host_path: path, readonly: false });
  };
  if (!pod.hostNetwork) give("hosts", hostsText(ip, pod.hostname ?? pod.name, config));
  const names = pod.hostNetwork || !config.reachesCluster ? resolverText(config) : clusterText(config, pod.namespace);
  if (names !== undefined) give("resolv.conf", names);
  return {
    mounts,
    lastWord() {
      try {
        return endOf(termination, lastWordBytesMax) || undefined;
      } catch {
        return undefined;
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The end of a file, however long a container has made it. */
function endOf(path: string, bytesMax: number): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, bytesMax));
    const count = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, count);
  } finally {
    closeSync(file);
  }
}

function hostsText(ip: string, name: string, { hostAliases = [], domain }: ContainerConfig): string {
  const own = domain === undefined ? name : `${name}.${domain}\t${name}`;
  const aliases = hostAliases.map((each) => `${each.ip ?? ""}\t${(each.hostnames ?? []).join("\t")}`);
  return [
    "# Kubernetes-managed hosts file.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    `${ip}\t${own}`,
    ...(aliases.length > 0 ? ["", "# Entries added by HostAliases.", ...aliases] : []),
    "",
  ].join("\n");
}

/** As the cluster has names, unless its pod wants those of the machine. */
function clusterText(config: ContainerConfig, namespace: string): string | undefined {
  return config.dns?.policy === "Default" ? resolverText(config) : resolvFile(config, { namespace });
}

/** What a pod says of how it finds names; else the runtime gives it what the machine has. */
function resolverText({ dns }: ContainerConfig): string | undefined {
  const { nameservers = [], searches = [], options = [] } = dns ?? {};
  if (nameservers.length === 0) return undefined;
  const said = options.map(({ name = "", value }) => (value === undefined ? name : `${name}:${value}`));
  return [
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(searches.length > 0 ? [`search ${searches.join(" ")}`] : []),
    ...(said.length > 0 ? [`options ${said.join(" ")}`] : []),
    "",
  ].join("\n");
}
