import { present } from "../kit/present.ts";
import { clusterFirst, resolvConf } from "../network/resolver.ts";
import type { ContainerConfig } from "./messages.ts";
import type { PodSandboxConfig } from "./sandbox_config.ts";

/**
 * The text of a pod's `/etc/resolv.conf`. What is the pod's own is added to what its policy gives; an option of its own takes the place of one of that name.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config
 */
export function resolvFile(
  { dns }: Pick<ContainerConfig, "dns">,
  { namespace, clusterDns: clusterIp }: Pick<PodSandboxConfig, "namespace" | "clusterDns">,
): string {
  const first = clusterFirst({ namespace, ...present({ clusterIp }) });
  if (!dns) return resolvConf(first);
  const { policy, nameservers = [], searches = [], options = [] } = dns;
  const given = policy === "ClusterFirst" ? first : { nameservers: [], search: [], ndots: undefined };
  const settings = new Map<string, string | undefined>();
  if (given.ndots !== undefined) settings.set("ndots", String(given.ndots));
  for (const { name = "", value } of options) settings.set(name, value);
  const search = [...new Set([...given.search, ...searches])];
  const lines = [
    ...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
    ...[...new Set([...given.nameservers, ...nameservers])].map((each) => `nameserver ${each}`),
    ...(settings.size > 0 ? [`options ${[...settings].map(optionText).join(" ")}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function optionText([name, value]: readonly [string, string | undefined]): string {
  return value === undefined ? name : `${name}:${value}`;
}
