import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const script = `
ask() { nc -zw 1 web 80 2> /dev/null && echo yes || echo no; }
until nslookup web > /dev/null; do sleep 1; done
ask; sleep 30
ask; sleep 30
ask; nslookup -timeout=1 -retry=1 web > /dev/null && echo named || echo nameless`;

test("nodes carry out NetworkPolicies, in both directions, and no connection is let through that none allows", async () => {
  const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true } as const;
  await using cluster = await createCluster({ topology });
  const { api, host } = cluster;
  const at = { namespace: "default" };
  const create = async (resource: string, object: object, group = "") => {
    const { code } = await api({ verb: "create", ...at, group, resource, body: object });
    assert.equal(code, 201);
  };
  const pod = (name: string, node: string, container: object) => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } } },
    spec: { nodeName: node, restartPolicy: "Never", containers: [{ name: "c", ...container }] },
  });
  const policy = (name: string, spec: object) =>
    create(
      "networkpolicies",
      { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name }, spec },
      "networking.k8s.io",
    );
  const ports = [{ port: 80 }];
  await create("services", {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
    spec: { selector: { app: "web" }, ports },
  });
  const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
  await create("pods", pod("web", "node-0", { image: "nginx:1.27", readinessProbe }));
  host.advance(5_000);
  const command = ["sh", "-c", script];
  const names = ["near", "far", "friend"];
  for (const name of names)
    await create("pods", pod(name, name === "near" ? "node-0" : "node-1", { image: "busybox", command }));
  host.advance(15_000);
  await policy("deny", { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Ingress"] });
  const from = [{ podSelector: { matchLabels: { app: "friend" } } }];
  await policy("friends", { podSelector: { matchLabels: { app: "web" } }, ingress: [{ from, ports }] });
  host.advance(30_000);
  await policy("mute", { podSelector: { matchLabels: { app: "friend" } }, policyTypes: ["Egress"] });
  const to = [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ];
  await policy("names", { podSelector: { matchLabels: { app: "near" } }, policyTypes: ["Egress"], egress: [{ to }] });
  host.advance(60_000);
  const logs: string[] = [];
  for (const name of names) {
    const log = await api<string>({ verb: "get", ...at, resource: "pods", name, subresource: "log" });
    logs.push(`${name}: ${log.body.trim().split("\n").join(" ")}`);
  }
  assert.deepEqual(logs, ["near: yes no no named", "far: yes no no named", "friend: yes yes no nameless"]);
  const { body } = await api<Pod>({ verb: "get", ...at, resource: "pods", name: "web" });
  const isReady = body.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  assert.ok(isReady, "its own node's probes still reach it");
});

test("a pod that a policy selects speaks with nobody from its first moment on", async () => {
  const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true } as const;
  await using cluster = await createCluster({ topology });
  const { api, host } = cluster;
  const at = { namespace: "default" };
  const create = async (resource: string, object: object, group = "") => {
    const { code } = await api({ verb: "create", ...at, group, resource, body: object });
    assert.equal(code, 201);
  };
  const pod = (name: string, node: string, container: object) =>
    create("pods", {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } } },
      spec: { nodeName: node, restartPolicy: "Never", containers: [{ name: "c", ...container }] },
    });
  const policy = (app: string, policyTypes: readonly string[]) =>
    create(
      "networkpolicies",
      {
        ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: app } },
        spec: { podSelector: { matchLabels: { app } }, policyTypes },
      },
      "networking.k8s.io",
    );
  await pod("web", "node-0", { image: "nginx:1.27" });
  host.advance(10_000);
  const { body: web } = await api<Pod>({ verb: "get", ...at, resource: "pods", name: "web" });
  const command = ["sh", "-c", `nc -zw 1 ${web.status.podIP} 80 2> /dev/null && echo yes || echo no`];
  await policy("mute", ["Egress"]);
  await pod("mute", "node-1", { image: "busybox", command });
  await pod("free", "node-1", { image: "busybox", command });
  host.advance(20_000);
  const logOf = async (name: string) =>
    (await api<string>({ verb: "get", ...at, resource: "pods", name, subresource: "log" })).body.trim();
  assert.deepEqual([await logOf("mute"), await logOf("free")], ["no", "yes"]);
});
