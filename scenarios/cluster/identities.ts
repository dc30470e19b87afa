import type { KnownAddress, User } from "../../actors/apiserver/messages.ts";
import { accounts as cloudAccounts } from "../../actors/controllers/cloud_loops/accounts.ts";
import { accounts } from "../../actors/controllers/loops/accounts.ts";
import { outside } from "../../runtime/hosts/host.ts";

/** The cluster's administrator, as the kubeconfig's certificate names it. */
export const admin: User = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };

/** A component as which it signs in on a real cluster: by a certificate of its own. */
function component(address: string, name: string, groups: readonly string[] = []): KnownAddress {
  return { address, user: { name, groups: [...groups, "system:authenticated"] } };
}

/** One that signs in with the token of a service account. */
function withServiceAccount(address: string, account: string): KnownAddress {
  const groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system"];
  return component(address, `system:serviceaccount:kube-system:${account}`, groups);
}

/**
 * The manager at an address, and its loops: they write as their own accounts, and read as the manager, whose informers
 * they share on a real cluster.
 */
export function managerAt(address: string): readonly KnownAddress[] {
  const manager = component(address, "system:kube-controller-manager");
  const loops = accounts.map(([name, account]): KnownAddress => {
    const own = `${address}/${name}`;
    if (account === "") return { ...manager, address: own };
    return { ...withServiceAccount(own, account), reader: manager.user };
  });
  return [...loops, manager];
}

/** The cloud controller manager, and its loops, which write and read as their own accounts. */
const cloudManager: readonly KnownAddress[] = [
  ...cloudAccounts.map(([name, account]) => withServiceAccount(`cloud-manager/*/${name}`, account)),
  withServiceAccount("cloud-manager/*", "cloud-controller-manager"),
];

/** Who sits at which address of a cluster: the API servers know each component by it. */
export const identities: readonly KnownAddress[] = [
  component("kubelet/*", "system:node:*", ["system:nodes"]),
  ...managerAt("manager/*"),
  ...cloudManager,
  component("scheduler/*", "system:kube-scheduler"),
  component("kube-proxy/*", "system:kube-proxy"),
  component("gateway/*", "system:kube-proxy"),
  withServiceAccount("dns/*", "coredns"),
  withServiceAccount("dra-driver/*/*", "dra-driver"),
  // Who holds the host holds the cluster.
  { address: outside, user: admin },
];
