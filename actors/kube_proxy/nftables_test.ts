import { assert, fc, property, test } from "../../properties/house/test.ts";
import { runNft, stateOf } from "../../properties/stages/kube_proxy/nft_model.ts";
import { serviceNamed, sliceOf } from "../../properties/stages/kube_proxy/objects.ts";
import { type ChangeTracker, createChangeTracker } from "./change_tracker.ts";
import { nftablesOf } from "./nftables.ts";
import { goneChains, printChanges, printRemoval, printRuleset } from "./ruleset.ts";

const settings = {
  ...{ node: "a", nodeIps: ["192.168.0.2"], clusterCidr: "10.0.0.0/8", serviceCidrs: ["172.30.0.0/16"] },
  ...{ table: "kube-proxy", comment: "rules for kube-proxy" },
};
const nodePort = (port: number) => [{ name: "p80", port: 80, protocol: "TCP", nodePort: port }];
const balancer = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });

/** The cluster that the tests of Kubernetes' own proxy print. */
function usual(): ChangeTracker {
  const tracker = createChangeTracker("a");
  const balanced = { type: "LoadBalancer" };
  tracker.setService(serviceNamed("ns1/svc1"));
  tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "10.180.0.1" }]));
  const local = { externalTrafficPolicy: "Local", externalIPs: ["192.168.99.22"], healthCheckNodePort: 30_000 };
  const second = { ...balanced, clusterIP: "172.30.0.42", ports: nodePort(3001), ...local };
  tracker.setService(serviceNamed("ns2/svc2", second, balancer("1.2.3.4")));
  tracker.setSlice(sliceOf("ns2/svc2", [{ ip: "10.180.0.2" }]));
  const outer = { type: "NodePort", clusterIP: "172.30.0.44", externalIPs: ["192.168.99.33"] };
  tracker.setService(serviceNamed("ns4/svc4", outer));
  tracker.setSlice(sliceOf("ns4/svc4", [{ ip: "10.180.0.4" }, { ip: "10.180.0.5", node: "a" }]));
  const fifth = { ...balanced, clusterIP: "172.30.0.45", ports: nodePort(3002), sessionAffinity: "ClientIP" };
  const fenced = { ...fifth, loadBalancerSourceRanges: [" 203.0.113.0/25"] };
  tracker.setService(serviceNamed("ns5/svc5", fenced, balancer("5.6.7.8")));
  tracker.setSlice(sliceOf("ns5/svc5", [{ ip: "10.180.0.3" }]));
  tracker.setService(serviceNamed("ns6/svc6", { clusterIP: "172.30.0.46" }));
  tracker.take();
  return tracker;
}

const printed = (tracker: ChangeTracker) => printRuleset(nftablesOf(tracker.rules.values(), settings)).split("\n");
/** The lines that name a Service, without what all begin with. */
function linesOf(lines: readonly string[], name: string): readonly string[] {
  return lines
    .filter((line) => line.includes(`-${name}/`) || line.includes(`"${name}:`))
    .map((line) => line.replace(" ip kube-proxy", ""));
}

test("nftablesOf() has a cluster IP with its endpoint, in chains named as Kubernetes names them", () => {
  const [svc, endpoint] = ["service-ULMVA6XW-ns1/svc1/tcp/p80", "endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80"];
  assert.deepEqual(linesOf(printed(usual()), "ns1/svc1"), [
    `add chain ${svc}`,
    `add chain ${endpoint}`,
    `add rule ${svc} ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade`,
    `add rule ${svc} numgen random mod 1 vmap { 0 : goto ${endpoint} }`,
    `add rule ${endpoint} ip saddr 10.180.0.1 jump mark-for-masquerade`,
    `add rule ${endpoint} meta l4proto tcp dnat to 10.180.0.1:80`,
    `add element service-ips { 172.30.0.41 . tcp . 80 : goto ${svc} }`,
  ]);
});

test("nftablesOf() drops what has to stay on a node without endpoints, but not what comes from there", () => {
  const lines = linesOf(printed(usual()), "ns2/svc2");
  const [svc, external] = ["service", "external"].map((each) => `${each}-42NFTM6N-ns2/svc2/tcp/p80`);
  for (const line of [
    `add rule ${external} ip saddr 10.0.0.0/8 goto ${svc} comment "short-circuit pod traffic"`,
    `add rule ${external} fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"`,
    `add rule ${external} fib saddr type local goto ${svc} comment "short-circuit local traffic"`,
    `add element service-ips { 192.168.99.22 . tcp . 80 : goto ${external} }`,
    `add element service-ips { 1.2.3.4 . tcp . 80 : goto ${external} }`,
    `add element service-nodeports { tcp . 3001 : goto ${external} }`,
    'add element no-endpoint-nodeports { tcp . 3001 comment "ns2/svc2:p80" : drop }',
    'add element no-endpoint-services { 1.2.3.4 . tcp . 80 comment "ns2/svc2:p80" : drop }',
  ]) {
    assert.ok(lines.includes(line), line);
  }
  assert.ok(!lines.includes(`add rule ${external} goto ${svc}`));
});

test("nftablesOf() balances by chance, keeps clients, asks whence load balancers are used, and rejects without endpoints", () => {
  const lines = printed(usual()).map((line) => line.replace(" ip kube-proxy", ""));
  const [fourth, fifth] = ["LAUZTJTB-ns4/svc4/tcp/p80", "HVFWP5L3-ns5/svc5/tcp/p80"];
  const [endpoint, affinity] = ["endpoint", "affinity"].map(
    (each) => `${each}-GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80`,
  );
  for (const line of [
    `add rule service-${fourth} numgen random mod 2 vmap { 0 : goto endpoint-UNZV3OEC-ns4/svc4/tcp/p80__10.180.0.4/80 , 1 : goto endpoint-5RFCDDV7-ns4/svc4/tcp/p80__10.180.0.5/80 }`,
    `add rule external-${fourth} jump mark-for-masquerade`,
    `add rule external-${fourth} goto service-${fourth}`,
    `add set ${affinity} { type ipv4_addr ; flags dynamic,timeout ; timeout 10800s ; }`,
    `add rule service-${fifth} ip saddr @${affinity} goto ${endpoint}`,
    `add rule ${endpoint} update @${affinity} { ip saddr }`,
    `add rule firewall-${fifth} ip saddr != { 203.0.113.0/25 } drop`,
    `add element firewall-ips { 5.6.7.8 . tcp . 80 : goto firewall-${fifth} }`,
    "add element cluster-ips { 172.30.0.46 }",
    'add element no-endpoint-services { 172.30.0.46 . tcp . 80 comment "ns6/svc6:p80" : goto reject-chain }',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("nftablesOf() has the chains of Kubernetes' own table at the kernel's hooks", () => {
  const lines = printed(createChangeTracker("a"));
  for (const line of [
    'add table ip kube-proxy { comment "rules for kube-proxy" ; }',
    "add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }",
    "add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }",
    'add rule ip kube-proxy cluster-ips-check ip daddr { 172.30.0.0/16 } drop comment "Drop traffic to unallocated ClusterIPs"',
    "add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips",
    "add element ip kube-proxy nodeport-ips { 192.168.0.2 }",
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("nftablesOf() writes what is of IPv6 into a table of its own", () => {
  const tracker = createChangeTracker("a");
  tracker.setService(serviceNamed("ns1/svc1", { clusterIPs: ["172.30.0.41", "fd00:172:30::41"] }));
  tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "10.180.0.1" }]));
  tracker.setSlice(sliceOf("ns1/svc1", [{ ip: "fd00:10:180::2:1" }], { name: "svc1-six" }));
  tracker.take();
  const both = { ...settings, nodeIps: ["192.168.0.2", "fd00::2"], clusterCidr: "10.0.0.0/8,fd00:10::/64" };
  const text = printRuleset(nftablesOf(tracker.rules.values(), both, "IPv6"));
  assert.match(text, /^add chain ip6 kube-proxy endpoint-[A-Z2-7]{8}-ns1\/svc1\/tcp\/p80__fd00.10.180..2.1\/80$/m);
  assert.match(text, / meta l4proto tcp dnat to \[fd00:10:180::2:1\]:80$/m);
  assert.match(text, / ip6 daddr fd00:172:30::41 ip6 saddr != fd00:10::\/64 jump mark-for-masquerade$/m);
  assert.doesNotMatch(text, /172\.30\.0\.41|ipv4_addr|add \S+ ip /);
});

/** Services of few names with few addresses, so that they come, go, change and get in each other's way. */
const services = fc.array(
  fc.record({
    name: fc.constantFrom("ns/a", "ns/b", "ns/c"),
    endpoints: fc.subarray(["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
    isLocal: fc.boolean(),
    sticky: fc.constantFrom(undefined, 10, 20),
    externalIp: fc.constantFrom(undefined, "1.1.1.1", "2.2.2.2"),
    ranges: fc.subarray(["9.0.0.0/8", "192.168.0.0/16"]),
  }),
  { maxLength: 4 },
);

function tracked(all: typeof services extends fc.Arbitrary<infer Each> ? Each : never) {
  const tracker = createChangeTracker("a");
  for (const { name, endpoints, isLocal, sticky, externalIp, ranges } of all) {
    const affinity = sticky && {
      sessionAffinity: "ClientIP",
      sessionAffinityConfig: { clientIP: { timeoutSeconds: sticky } },
    };
    const spec = {
      ...{
        type: "LoadBalancer",
        clusterIP: `172.30.0.${name.charCodeAt(3)}`,
        ports: nodePort(30_000 + name.charCodeAt(3)),
      },
      ...{ externalTrafficPolicy: isLocal ? "Local" : "Cluster", loadBalancerSourceRanges: ranges },
      ...(externalIp === undefined ? {} : { externalIPs: [externalIp] }),
      ...affinity,
    };
    tracker.setService(serviceNamed(name, spec, balancer("5.5.5.5")));
    tracker.setSlice(
      sliceOf(
        name,
        endpoints.map((ip, index) => ({ ip, node: index === 0 ? "a" : "b" })),
      ),
    );
  }
  tracker.take();
  return nftablesOf(tracker.rules.values(), settings);
}

property(
  "printChanges() leads from any table to any other, and never leads to what is not there",
  [services, services],
  (a, b) => {
    const [before, after] = [tracked(a), tracked(b)];
    const kernel = runNft(new Map(), printRuleset(before));
    const changed = runNft(kernel, printChanges(before, after));
    const swept = runNft(changed, printRemoval(after, goneChains(before, after)));
    assert.deepEqual(stateOf(swept), stateOf(runNft(new Map(), printRuleset(after))));
    assert.equal(printChanges(after, tracked(b)), "");
  },
);
