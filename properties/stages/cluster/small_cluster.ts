import { createCluster } from "../../../scenarios/cluster/create_cluster.ts";

/** A simulated cluster, of one node unless it is said, that carries connections, and what tests of pods that ask its API need of it. */
export async function smallCluster(imageFolder?: string, nodes = 1) {
  const options = imageFolder === undefined ? {} : { imageFolder };
  const cluster = await createCluster({ topology: { nodes, stores: 1, apiservers: 1, traffic: true }, ...options });
  const { api, host } = cluster;
  const create = async (
    object: { readonly apiVersion: string; readonly [field: string]: unknown },
    resource: string,
  ) => {
    const [version = "", group = ""] = object.apiVersion.split("/").reverse();
    const namespace = /^(webhook|mutating|validating|custom|cluster|apiservice)/.test(resource)
      ? {}
      : { namespace: "default" };
    return (await api<{ message?: string; metadata?: object; data?: object }>({
      ...{ verb: "create", group, version, resource, ...namespace, body: object },
    })) as { code: number; body: { message?: string; data?: object } };
  };
  const until = async (holds: () => Promise<boolean>) => {
    for (let seconds = 0; seconds < 60; seconds++) {
      if (await holds()) return true;
      host.advance(1_000);
    }
    return false;
  };
  return { cluster, api, create, until, [Symbol.asyncDispose]: () => cluster.close() };
}
