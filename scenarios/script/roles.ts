import type { Lease } from "../../actors/api/types.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Cluster } from "../cluster/create_cluster.ts";
import { storeAddresses } from "../cluster/topology.ts";

type FindRole = (cluster: Cluster) => Promise<readonly Address[]>;

const roles = {
  "leader of the store": async (cluster) => [await storeLeaderOf(cluster)],
  "followers of the store": async (cluster) => {
    const leader = await storeLeaderOf(cluster);
    return storeAddresses(cluster.topology).filter((address) => address !== leader);
  },
  "leader of the controller managers": async (cluster) => [await holderOf(cluster, "kube-controller-manager")],
  "leader of the schedulers": async (cluster) => [await holderOf(cluster, "kube-scheduler")],
} as const satisfies Readonly<Record<string, FindRole>>;

/** What an actor is to the others, at the time it is asked. */
export type Role = keyof typeof roles;

/** An actor: by its role or its address; an address also means all below it, `store` all replicas, `*` everybody. */
export type Who = Role | (Address & {});

/** Whether a text is a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}

/**
 * Who is meant, now.
 *
 * @throws Error when nobody is
 */
export async function resolveWho(cluster: Cluster, who: Who): Promise<readonly Address[]> {
  if (isRole(who)) return roles[who](cluster);
  const addresses = cluster.host.addresses();
  if (who === "*" || addresses.some((each) => each === who || each.startsWith(`${who}/`))) return [who];
  const known = [...Object.keys(roles), ...addresses.filter((each) => each.split("/").length === 2)];
  throw new Error(`Cannot find the actor "${who}": there is none, use one of: ${known.join(", ")}`);
}

async function storeLeaderOf(cluster: Cluster): Promise<Address> {
  const leader = await cluster.storeLeader();
  if (leader === undefined) throw new Error("Cannot find the leader of the store: it has none now");
  return leader;
}

/** Components sign their Lease with their address and the number of their life. */
async function holderOf({ api }: Cluster, name: string): Promise<Address> {
  const { body } = await api<Lease>({
    verb: "get",
    group: "coordination.k8s.io",
    resource: "leases",
    namespace: "kube-system",
    name,
  });
  const holder = body.spec?.holderIdentity ?? "";
  if (holder === "") throw new Error(`Cannot find the leader of ${name}: nobody holds its Lease now`);
  return holder.slice(0, holder.lastIndexOf("_"));
}
