import type { EtcdAccess } from "./create_cluster.ts";

/** The environment that etcdctl finds the store by. */
export function etcdctlEnvironment({ url, caCert, cert, key }: EtcdAccess): Readonly<Record<string, string>> {
  return {
    ETCDCTL_API: "3",
    ETCDCTL_ENDPOINTS: url,
    ETCDCTL_CACERT: caCert,
    ETCDCTL_CERT: cert,
    ETCDCTL_KEY: key,
  };
}
