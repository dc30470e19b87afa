import { assert, test } from "../../../properties/house/test.ts";
import type { ContainerConfig } from "../messages.ts";
import type { Container } from "../runtime_node.ts";
import { networkFiles } from "./network_files.ts";

function filesOf(config: Partial<ContainerConfig>, ip = "10.244.1.2") {
  const sandbox = { status: { pod: { namespace: "shop" }, ip } };
  return networkFiles({ config, sandbox } as Container, "web-0");
}

test("a pod's own name and aliases are in its hosts file, which a pod of the node's network has not", () => {
  const hostAliases = [{ ip: "1.2.3.4", hostnames: ["foo", "bar"] }];
  const text = filesOf({ hostAliases })["/etc/hosts"] ?? "";
  assert.match(text, /^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
  assert.ok(text.endsWith("10.244.1.2\tweb-0\n\n# Entries added by HostAliases.\n1.2.3.4\tfoo\tbar\n"));
  const ofNode = filesOf({}, "")["/etc/hosts"] ?? "";
  assert.match(ofNode, /^# Kubernetes-managed hosts file \(host network\)\./);
  assert.doesNotMatch(ofNode, /web-0/);
});

test("names are found as the pod's policy says, with what the pod adds", () => {
  const resolv = (dns?: ContainerConfig["dns"]) => filesOf(dns ? { dns } : {})["/etc/resolv.conf"];
  const search = "shop.svc.cluster.local svc.cluster.local cluster.local";
  assert.equal(resolv(), `search ${search}\nnameserver 10.96.0.10\noptions ndots:5\n`);
  const own = {
    nameservers: ["1.1.1.1"],
    searches: ["my.test"],
    options: [{ name: "ndots", value: "2" }, { name: "edns0" }],
  };
  assert.equal(
    resolv({ policy: "ClusterFirst", ...own }),
    `search ${search} my.test\nnameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0\n`,
  );
  assert.equal(resolv({ policy: "None", ...own }), "search my.test\nnameserver 1.1.1.1\noptions ndots:2 edns0\n");
  assert.equal(resolv({ policy: "Default" }), "");
});
