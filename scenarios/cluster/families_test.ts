import type { EndpointSlice, Endpoints, Frozen, Node, Pod, Service } from "../../actors/api/types.ts";
import { familyOf, type IpFamily } from "../../actors/kit/ip_number.ts";
import { assert, test } from "../../properties/house/test.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";

const image = "registry.k8s.io/e2e-test-images/agnhost:2.53";
const labels = { app: "web" };
const inDefault = { namespace: "default" } as const;
const ownIps = { IPv4: "10.96.0.80", IPv6: "fd00:10:96::80" } as const;

/** What a pod tries: each address of the Service by TCP and UDP, its name, its other names, and the API by its variables. */
const script = `
for ip in $IPS; do
  case $ip in *:*) host="[$ip]"; other=A;; *) host=$ip; other=AAAA;; esac
  until wget -qO- -T 5 "http://$host/hostname" | grep -q web-; do sleep 1; done
  echo hostname | nc -u -w 3 $ip 90 | grep -q web- || exit 3
  nslookup $ip | grep -q "name = web.default.svc.cluster.local" || exit 4
  nslookup web.default.svc.cluster.local | grep -q "Address: $ip" || exit 5
  grep -q "^$POD_IP" /etc/hosts || exit 6
done
wget -qO- -T 5 http://web/hostname | grep -q web- || exit 7
case $IPS in *" "*) ;; *)
  nslookup -type=$other web.default.svc.cluster.local || exit 8
  nslookup -type=$other web.default.svc.cluster.local | grep "Address: .*[0-9a-f]:*.*80$" && exit 9;; esac
for ip in $NODE_IPS; do
  case $ip in *:*) host="[$ip]";; *) host=$ip;; esac
  wget -qO- -T 5 "http://$host:30080/hostname" | grep -q web- || exit 10
done
nslookup web-0.peers.default.svc.cluster.local | grep -c "^Address: .*\\(10.244\\|fd00:10:244\\)" | grep -qx $COUNT || exit 11
test "$(echo $POD_IPS | tr , ' ' | wc -w)" = $COUNT || exit 12`;

async function create(cluster: Cluster, resource: string, body: object): Promise<void> {
  const { code } = await cluster.api({ verb: "create", ...inDefault, resource, body });
  assert.equal(code, 201, resource);
}

async function items<T>(cluster: Cluster, resource: string, namespace?: string): Promise<readonly Frozen<T>[]> {
  const { body } = await cluster.api<{ items: readonly T[] }>({
    ...{ verb: "list", resource, ...(namespace ? { namespace } : {}) },
    ...(resource === "endpointslices" ? { group: "discovery.k8s.io" } : {}),
  });
  return body.items;
}

function pod(name: string, spec: object): object {
  const metadata = { name, labels: name.startsWith("web") ? labels : {} };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { restartPolicy: "Never", ...spec } };
}

function service(name: string, spec: object): object {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: labels, ...spec } };
}

/** What comes from outside, asked at loopback of a family. */
async function fromOutside(cluster: Cluster, host: string): Promise<string> {
  const client = cluster.dial({ host, port: 30_080 });
  client.write("GET /clientip HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  for (let tries = 0; tries < 200 && client.state() !== "closed" && !client.isEnded(); tries++) await cluster.wait(20);
  return client.error() ?? client.take();
}

for (const ipFamilies of [["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]] as const satisfies readonly IpFamily[][]) {
  test(`a cluster of ${ipFamilies.join(" and ")} leads by each of its families, by address and by name`, async () => {
    const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true, ipFamilies } as const;
    await using cluster = await createCluster({ topology });
    const families = ipFamilies.join();
    const clusterIPs = ipFamilies.map((family) => ownIps[family]);
    const ports = [
      { name: "http", port: 80, targetPort: 8080, nodePort: 30_080 },
      { name: "udp", protocol: "UDP", port: 90, targetPort: 8081 },
    ];
    const both = { ipFamilyPolicy: "PreferDualStack" };
    await create(
      cluster,
      "services",
      service("web", { ...both, type: "NodePort", clusterIP: clusterIPs[0], clusterIPs, ports }),
    );
    await create(cluster, "services", service("peers", { ...both, clusterIP: "None" }));
    for (const index of [0, 1]) {
      const args = ["netexec", "--http-port=8080", "--udp-port=8081"];
      const containers = [{ name: "c", image, args, readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } }];
      const named = { hostname: `web-${index}`, subdomain: "peers" };
      await create(cluster, "pods", pod(`web-${index}`, { nodeName: `node-${index}`, ...named, containers }));
    }
    const [node] = (await items<Node>(cluster, "nodes")).filter(({ metadata }) => metadata.name === "node-1");
    const nodeIps = (node?.status.addresses ?? []).flatMap(({ type, address }) =>
      type === "InternalIP" ? address : [],
    );
    assert.equal(nodeIps.map(familyOf).join(), families);
    assert.equal((node?.spec.podCIDRs ?? []).map(familyOf).join(), families);
    const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    const env = [
      { name: "IPS", value: clusterIPs.join(" ") },
      { name: "NODE_IPS", value: nodeIps.join(" ") },
      { name: "COUNT", value: String(ipFamilies.length) },
      { name: "POD_IP", ...field("status.podIP") },
      { name: "POD_IPS", ...field("status.podIPs") },
    ];
    await create(
      cluster,
      "pods",
      pod("asks", { containers: [{ name: "c", image, command: ["sh", "-c", script], env }] }),
    );
    const found = async () =>
      (await items<Pod>(cluster, "pods", "default")).find(({ metadata }) => metadata.name === "asks");
    for (let seconds = 0; seconds < 90 && (await found())?.status.phase !== "Succeeded"; seconds++) {
      await cluster.wait(1_000);
      if ((await found())?.status.phase === "Failed") break;
    }
    const asked = await found();
    const exitCode = asked?.status.containerStatuses?.[0]?.state?.terminated?.exitCode;
    assert.deepEqual([asked?.status.phase, exitCode], ["Succeeded", 0]);
    assert.equal((asked?.status.podIPs ?? []).map(({ ip = "" }) => familyOf(ip)).join(), families);

    const slices = await items<EndpointSlice>(cluster, "endpointslices", "default");
    const ofWeb = slices.filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === "web");
    assert.deepEqual(ofWeb.map(({ addressType }) => addressType).sort(), [...ipFamilies].sort());
    for (const { addressType, endpoints } of ofWeb)
      assert.ok(
        endpoints.length === 2 &&
          endpoints.every(({ addresses }) => addresses.every((ip) => familyOf(ip) === addressType)),
      );
    const [endpoints] = (await items<Endpoints>(cluster, "endpoints", "default")).filter(
      ({ metadata }) => metadata.name === "web",
    );
    const told = endpoints?.subsets?.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => familyOf(ip)));
    assert.deepEqual([...new Set(told)], ipFamilies.slice(0, 1));

    for (const [family, host] of [
      ["IPv4", "127.0.0.1"],
      ["IPv6", "::1"],
    ] as const) {
      const heard = await fromOutside(cluster, host);
      if ((ipFamilies as readonly IpFamily[]).includes(family)) assert.match(heard, /^HTTP\/1\.1 200 /, host);
      else assert.equal(heard, "ECONNREFUSED");
    }

    // What leads to one family only leads by no other from then on.
    const patch = { spec: { ipFamilyPolicy: "SingleStack" } };
    const contentType = "application/merge-patch+json" as const;
    await cluster.api({ verb: "patch", ...inDefault, resource: "services", name: "web", body: patch, contentType });
    await cluster.wait(5_000);
    const [web] = (await items<Service>(cluster, "services", "default")).filter(
      ({ metadata }) => metadata.name === "web",
    );
    assert.deepEqual(web?.spec.clusterIPs, clusterIPs.slice(0, 1));
    const other = ipFamilies[0] === "IPv4" ? "::1" : "127.0.0.1";
    assert.equal(await fromOutside(cluster, other), "ECONNREFUSED");
  });
}

test("a load balancer has an address of each family of its Service, and gives back the one that is not wanted any more", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 }] as const;
  const topology = { nodes: 0, stores: 1, apiservers: 1, traffic: true, clouds, ipFamilies: ["IPv4", "IPv6"] } as const;
  await using cluster = await createCluster({ topology });
  const ports = [{ port: 80 }];
  const spec = { type: "LoadBalancer", ipFamilyPolicy: "PreferDualStack", externalTrafficPolicy: "Local", ports };
  await create(cluster, "services", service("web", spec));
  const args = ["netexec", "--http-port=80"];
  await create(cluster, "pods", pod("web-0", { containers: [{ name: "c", image, args }] }));
  const ingress = async () => {
    const [web] = (await items<Service>(cluster, "services", "default")).filter(
      ({ metadata }) => metadata.name === "web",
    );
    return (web?.status.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
  };
  for (let seconds = 0; seconds < 60 && (await ingress()).length < 2; seconds++) await cluster.wait(1_000);
  assert.deepEqual(await ingress(), ["127.88.0.1", "fd00:127:88::1"]);
  const [node] = await items<Node>(cluster, "nodes");
  assert.deepEqual(
    node?.status.addresses?.flatMap(({ type, address }) => (type === "InternalIP" ? familyOf(address) : [])),
    ["IPv4", "IPv6"],
  );
  const isReady = async () => {
    const [web] = await items<Pod>(cluster, "pods", "default");
    return web?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  };
  for (let seconds = 0; seconds < 60 && !(await isReady()); seconds++) await cluster.wait(1_000);
  await cluster.wait(3_000);
  for (const host of await ingress()) {
    const client = cluster.dial({ host: host ?? "", port: 80 });
    client.write("GET /hostname HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (let tries = 0; tries < 200 && client.state() !== "closed" && !client.isEnded(); tries++)
      await cluster.wait(20);
    assert.match(client.error() ?? client.take(), /web-0/, host);
  }
  const patch = { spec: { ipFamilyPolicy: "SingleStack" } };
  const contentType = "application/merge-patch+json" as const;
  await cluster.api({ verb: "patch", ...inDefault, resource: "services", name: "web", body: patch, contentType });
  await cluster.wait(10_000);
  assert.deepEqual(await ingress(), ["127.88.0.1"]);
});
