import { createHash } from "node:crypto";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { serviceNamed, sliceOf } from "../../properties/stages/kube_proxy/objects.ts";
import { sha256 } from "../kit/sha256.ts";
import { createChangeTracker } from "./change_tracker.ts";
import { printIptables } from "./iptables_save.ts";

const settings = { node: "a", nodeIps: ["192.168.0.2"], clusterCidr: "10.0.0.0/8" };
const nodePort = (port: number) => [{ name: "p80", port: 80, protocol: "TCP", nodePort: port }];

/** The cluster that the tests of Kubernetes' own proxy print. */
function printed(order: readonly number[] = [0, 1, 2, 3]): string[] {
  const tracker = createChangeTracker("a");
  const ingress = { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } };
  const local = {
    type: "LoadBalancer",
    clusterIP: "172.30.0.42",
    ports: nodePort(3001),
    externalTrafficPolicy: "Local",
    externalIPs: ["192.168.99.22"],
    loadBalancerSourceRanges: ["203.0.113.0/25"],
    healthCheckNodePort: 30_000,
  };
  const sticky = { clusterIP: "172.30.0.44", sessionAffinity: "ClientIP" };
  const steps = [
    () => {
      tracker.setService(serviceNamed("ns1/svc1"));
      tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "10.180.0.1", node: "a" }]));
    },
    () => {
      tracker.setService(serviceNamed("ns2/svc2", local, ingress));
      tracker.setSlice(sliceOf("ns2/svc2", [{ ip: "10.180.0.2", node: "b" }]));
    },
    () => {
      tracker.setService(serviceNamed("ns4/svc4", sticky));
      tracker.setSlice(sliceOf("ns4/svc4", [{ ip: "10.180.0.5" }, { ip: "10.180.0.4" }]));
    },
    () => tracker.setService(serviceNamed("ns6/svc6", { clusterIP: "172.30.0.46" })),
  ];
  for (const index of order) steps[index]?.();
  tracker.take();
  return printIptables(tracker.rules.values(), settings).split("\n");
}

test("printIptables() writes a cluster IP with its one endpoint, in chains named as Kubernetes names them", () => {
  const lines = printed();
  const svc = "KUBE-SVC-XPGD46QRK7WJZT7O";
  const sep = "KUBE-SEP-SXIVWICOYRO3J4NJ";
  const expected = [
    `:${svc} - [0:0]`,
    `:${sep} - [0:0]`,
    `-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j ${svc}`,
    `-A ${svc} -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ`,
    `-A ${svc} -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -j ${sep}`,
    `-A ${sep} -m comment --comment ns1/svc1:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ`,
    `-A ${sep} -m comment --comment ns1/svc1:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80`,
  ];
  assert.deepEqual(
    lines.filter((line) => line.includes(svc) || line.includes(sep)),
    [...expected.slice(0, 2), ...expected.slice(2)],
  );
});

test("printIptables() writes what a Service does with outside traffic that has to stay local", () => {
  const lines = printed();
  const [svc, ext, fw] = ["KUBE-SVC-", "KUBE-EXT-", "KUBE-FW-"].map((start) => `${start}GNZBNJ2PO5MGZ6GT`);
  for (const line of [
    '-A KUBE-NODEPORTS -m comment --comment "ns2/svc2:p80 health check node port" -m tcp -p tcp --dport 30000 -j ACCEPT',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j DROP',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP',
    '-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j DROP',
    `-A KUBE-PROXY-FIREWALL -m comment --comment "ns2/svc2:p80 traffic not accepted by ${fw}" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP`,
    `-A KUBE-SERVICES -m comment --comment "ns2/svc2:p80 loadbalancer IP" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j ${fw}`,
    `-A ${fw} -m comment --comment "ns2/svc2:p80 loadbalancer IP" -s 203.0.113.0/25 -j ${ext}`,
    `-A ${fw} -m comment --comment "other traffic to ns2/svc2:p80 will be dropped by KUBE-PROXY-FIREWALL"`,
    `-A KUBE-NODEPORTS -m comment --comment ns2/svc2:p80 -m tcp -p tcp --dport 3001 -j ${ext}`,
    `-A ${ext} -m comment --comment "pod traffic for ns2/svc2:p80 external destinations" -s 10.0.0.0/8 -j ${svc}`,
    `-A ${ext} -m comment --comment "masquerade LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-A ${ext} -m comment --comment "route LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j ${svc}`,
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("printIptables() balances by chance, keeps clients by recent lists, and rejects without endpoints", () => {
  const lines = printed();
  const svc = "KUBE-SVC-4SW47YFZTEDKD3PK";
  const [first, second] = ["KUBE-SEP-UKSFD7AGPMPPLUHC", "KUBE-SEP-C6EBXVWJJZMIWKLZ"];
  for (const line of [
    `-A ${svc} -m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -m recent --name ${first} --rcheck --seconds 10800 --reap -j ${first}`,
    `-A ${svc} -m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -m statistic --mode random --probability 0.5000000000 -j ${first}`,
    `-A ${svc} -m comment --comment "ns4/svc4:p80 -> 10.180.0.5:80" -j ${second}`,
    `-A ${first} -m comment --comment ns4/svc4:p80 -m recent --name ${first} --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.4:80`,
    '-A KUBE-SERVICES -m comment --comment "ns6/svc6:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.46 --dport 80 -j REJECT',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("printIptables() writes the same text in whatever order things came to be known", () => {
  // Kubernetes 119249.
  assert.deepEqual(printed([3, 1, 0, 2]), printed());
});

test("printIptables() jumps only to chains that it declares, and declares none twice", () => {
  const lines = printed();
  const declared = lines.filter((line) => line.startsWith(":KUBE-SVC") || line.startsWith(":KUBE-SEP"));
  assert.equal(new Set(declared).size, declared.length);
  const names = new Set(lines.filter((line) => line.startsWith(":")).map((line) => line.slice(1, line.indexOf(" "))));
  const goals = lines.flatMap((line) => / -j (KUBE-\S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(
    goals.filter((goal) => !names.has(goal)),
    [],
  );
});

property("sha256() is SHA-256", [fc.uint8Array({ maxLength: 200 })], (bytes) => {
  assert.equal(Buffer.from(sha256(bytes)).toString("hex"), createHash("sha256").update(bytes).digest("hex"));
});

test("printIptables() writes what is of IPv6 by itself, for ip6tables", () => {
  const tracker = createChangeTracker("a");
  tracker.setService(serviceNamed("ns1/svc1", { clusterIPs: ["172.30.0.41", "fd00:10:96::41"] }));
  tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "10.180.0.1" }]));
  tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "fd00:10:244::1" }], { name: "svc1-six" }));
  tracker.take();
  const both = { node: "a", nodeIps: ["192.168.0.2", "fd00:192:168::2"], clusterCidr: "10.0.0.0/8,fd00:10:244::/48" };
  const [fourth, sixth] = (["IPv4", "IPv6"] as const).map((family) =>
    printIptables(tracker.rules.values(), both, family),
  );
  assert.match(
    sixth ?? "",
    /cluster IP" -m tcp -p tcp -d fd00:10:96::41 --dport 80 ! -s fd00:10:244::\/48 -j KUBE-MARK-MASQ/,
  );
  assert.match(sixth ?? "", /-j DNAT --to-destination \[fd00:10:244::1\]:80/);
  assert.doesNotMatch(sixth ?? "", /10\.180|172\.30|127\.0/);
  assert.match(fourth ?? "", /-j DNAT --to-destination 10\.180\.0\.1:80/);
  assert.doesNotMatch(fourth ?? "", /fd00/);
});
