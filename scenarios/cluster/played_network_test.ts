import type { Node, Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const labels = { app: "web" };
const script = `
until nslookup web | grep -q 10.96.0.80; do sleep 1; done
wget -qO- http://$NODE:8080 | grep -q 'Welcome to nginx' || exit 6
wget -qO- http://web | grep -q 'Welcome to nginx' || exit 3
wget -qO- -T 5 http://web.default.svc.cluster.local:81 && exit 4
nslookup nobody && exit 5
dig +tcp +short web.default.svc.cluster.local | grep -qx 10.96.0.80 || exit 7
dig +tcp +short nobody.default.svc.cluster.local | grep . && exit 8
echo hostName | nc -t -w 2 web 80 | grep -q 'HTTP/1.1 400'`;
const local = "wget -qO- -T 5 http://127.0.0.1:8080 | grep -q 'Welcome to nginx'";

test("played pods find each other by names that datagrams ask for, through Services and their own addresses", async () => {
  await using cluster = await createCluster({ topology: { nodes: 2, traffic: true } });
  const { api, host } = cluster;
  const create = async (resource: string, body: object) => {
    const { code } = await api({ verb: "create", namespace: "default", resource, body });
    assert.equal(code, 201);
  };
  await create("services", {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
    spec: { clusterIP: "10.96.0.80", selector: labels, ports: [{ port: 80 }] },
  });
  const pod = (name: string, node: string, spec: object) => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: name.startsWith("web") ? labels : {} } },
    spec: { nodeName: node, restartPolicy: "Never", ...spec },
  });
  const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  await create(
    "pods",
    pod("web-0", "node-0", { containers: [{ name: "c", image: "nginx:1.27", readinessProbe, ports }] }),
  );
  const command = ["sh", "-c", script];
  const { body } = await api<Node>({ verb: "get", resource: "nodes", name: "node-0" });
  const env = [{ name: "NODE", value: body.status.addresses?.[0]?.address ?? "" }];
  for (const node of ["node-0", "node-1"])
    await create(
      "pods",
      pod(`asks-${node}`, node, {
        containers: [{ name: "c", image: "registry.k8s.io/e2e-test-images/agnhost:2.47", command, env }],
      }),
    );
  // Its ports of a node are the node's own loopback's, too.
  const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.47";
  const containers = [{ name: "c", image: agnhost, command: ["sh", "-c", `until ${local}; do sleep 1; done`] }];
  await create("pods", pod("local", "node-0", { hostNetwork: true, containers }));
  const phases = async () => {
    const { body } = await api<{ items: readonly Pod[] }>({ verb: "list", namespace: "default", resource: "pods" });
    return body.items.map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
  };
  for (
    let seconds = 0;
    seconds < 60 && (await phases()).filter((each) => each.endsWith("Succeeded")).length < 3;
    seconds++
  )
    host.advance(1_000);
  assert.deepEqual(await phases(), [
    "asks-node-0 Succeeded",
    "asks-node-1 Succeeded",
    "local Succeeded",
    "web-0 Running",
  ]);
});
