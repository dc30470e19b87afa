import { hostPort } from "../../actors/network/ip.ts";
import type { Cluster } from "../cluster/create_cluster.ts";
import { listenHostsHere } from "../cluster/listen_hosts.ts";
import { networkPlan } from "../cluster/network_plan.ts";

/** What `troupe up` says when the cluster is ready: where it is, and what to type. */
export function howToUse(
  { url, kubeconfig }: NonNullable<Cluster["access"]>,
  { dns, etcd, registry, topology }: Cluster,
): string {
  const [family = "IPv4"] = networkPlan(topology).families;
  const door = hostPort({ ip: listenHostsHere()[family], port: 30_080 });
  const doors = topology.gateway ? `\nA Service with the node port 30080 answers at http://${door}\n` : "";
  const names = dns ? `  dig @${dns.host} -p ${dns.port} kubernetes.default.svc.cluster.local\n` : "";
  const images = registry ? `  troupe image push ${registry.host}:${registry.port}/NAME:TAG\n` : "";
  const keys = etcd ? `${etcdctlLine(etcd)}\n` : "";
  return `
The cluster is ready at ${url}. In another terminal:

  export KUBECONFIG=${quoted(kubeconfig)}
  kubectl get nodes
${names}${images}${keys}${doors}
Ctrl-C stops it
`;
}

function etcdctlLine({ url, caCert, cert, key }: NonNullable<Cluster["etcd"]>): string {
  const files = `--cacert ${quoted(caCert)} --cert ${quoted(cert)} --key ${quoted(key)}`;
  return `  ETCDCTL_API=3 etcdctl --endpoints ${url} ${files} get --prefix --keys-only /registry/`;
}

/** A path as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
