import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const script = `
D=/var/run/secrets/kubernetes.io/serviceaccount
ask() { curl -k -s -o /tmp/out -w '%{http_code}\\n' -H "Authorization: Bearer $(cat $D/token)" "$@"; }
K=https://$NODE_IP:10250
until ask $K/healthz | grep -q 200; do sleep 1; done
curl -k -s -w ' %{http_code}\\n' $K/healthz
curl -k -s -w ' %{http_code}\\n' -H 'Authorization: Bearer none' $K/pods
ask $K/healthz; cat /tmp/out; echo
ask $K/metrics/resource; grep -c 'pod="asks"' /tmp/out
ask $K/stats/summary; grep -o '"nodeName":"[^"]*"' /tmp/out
ask $K/pods; cat /tmp/out; echo
ask $K/containerLogs/default/asks/c; cat /tmp/out; echo
ask -X POST $K/run/default/asks/c?cmd=id; cat /tmp/out; echo
ask https://$OTHER_IP:10250/configz; cat /tmp/out | cut -c1-40
ask https://$OTHER_IP:10250/metrics; grep node_name{ /tmp/out
curl -sS $K/healthz 2>&1 | head -1
`;

const proxied = `
D=/var/run/secrets/kubernetes.io/serviceaccount
ask() { curl -k -s -o /tmp/out -w '%{http_code}\\n' -H "Authorization: Bearer $(cat $D/token)" "$@"; }
K=https://$NODE_IP:10250
until ask $K/healthz | grep -q 200; do sleep 1; done
ask $K/pods; grep -o '"name":"asks"' /tmp/out | head -1
ask $K/containerLogs/default/asks/c?tailLines=1; cat /tmp/out
ask -X POST "$K/run/default/proxied/c?cmd=hostname"; cat /tmp/out
ask $K/stats/summary; cat /tmp/out; echo
ask $K/nothing; cat /tmp/out
`;

test("pods ask kubelets at port 10250 of any node what their account's fine-grained rights on nodes let them", async () => {
  await using lab = await smallCluster(undefined, 2);
  const { api, until } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const apiVersion = `${rbac}/v1`;
  const resources = ["nodes/healthz", "nodes/metrics", "nodes/stats", "nodes/configz"];
  const rules = [{ apiGroups: [""], resources, verbs: ["get", "create"] }];
  await lab.create({ apiVersion, kind: "ClusterRole", metadata: { name: "scrapes" }, rules }, "clusterroles");
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "scrapes" };
  const binding = { apiVersion, kind: "ClusterRoleBinding", metadata: { name: "scrapes" }, subjects, roleRef };
  await lab.create(binding, "clusterrolebindings");
  const nodes = (
    await api<{ items: { metadata: { name: string }; status: { addresses: { address: string }[] } }[] }>({
      verb: "list",
      resource: "nodes",
    })
  ).body.items;
  const all = { ...rules[0], resources: ["nodes/proxy"] };
  await lab.create({ apiVersion, kind: "ClusterRole", metadata: { name: "proxies" }, rules: [all] }, "clusterroles");
  await lab.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "proxies" } }, "serviceaccounts");
  const proxies = [{ kind: "ServiceAccount", name: "proxies", namespace: "default" }];
  await lab.create(
    { ...binding, metadata: { name: "proxies" }, subjects: proxies, roleRef: { ...roleRef, name: "proxies" } },
    "clusterrolebindings",
  );
  const [one, other] = nodes;
  assert.ok(one && other);
  const env = [
    { name: "NODE_IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
    { name: "OTHER_IP", value: other.status.addresses[0]?.address },
  ];
  /** Runs a script to its end, and gives the lines of its log. */
  const run = async (name: string, text: string, more: object) => {
    const container = { name: "c", image: "curlimages/curl", command: ["sh", "-c", text], env };
    const spec = { nodeName: one.metadata.name, restartPolicy: "Never", containers: [container], ...more };
    await lab.create({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec }, "pods");
    const asked = { verb: "get", namespace: "default", resource: "pods", name } as const;
    const phase = async () => (await api<Pod>(asked)).body.status.phase ?? "";
    assert.ok(await until(async () => ["Succeeded", "Failed"].includes(await phase())));
    return (await api<string>({ ...asked, subresource: "log" })).body.split("\n");
  };
  const forbidden = (verb: string, parts: string) =>
    `Forbidden (user=system:serviceaccount:default:default, verb=${verb}, resource=nodes, subresource(s)=[${parts}])`;
  assert.deepEqual(await run("asks", script, {}), [
    "Unauthorized 401",
    "Unauthorized 401",
    ...["200", "ok"],
    ...["200", "5"],
    ...["200", `"nodeName":"${one.metadata.name}"`],
    ...["403", forbidden("get", "pods proxy")],
    ...["403", forbidden("get", "proxy")],
    ...["403", forbidden("create", "proxy")],
    ...["200", '{"kubeletconfig":{"kind":"KubeletConfigu'],
    ...["200", `kubelet_node_name{node="${other.metadata.name}"} 1`],
    "curl: (60) SSL certificate problem: unable to get local issuer certificate",
    "",
  ]);
  assert.deepEqual(await run("proxied", proxied, { serviceAccountName: "proxies" }), [
    ...["200", '"name":"asks"'],
    ...["200", "curl: (60) SSL certificate problem: unable to get local issuer certificate"],
    ...["200", "proxied"],
    ...["403", forbidden("get", "stats").replace("default:default", "default:proxies")],
    ...["404", "404 page not found"],
    "",
  ]);
});
