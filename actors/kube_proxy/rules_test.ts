import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type EndpointShort, serviceNamed, sliceOf } from "../../properties/stages/kube_proxy/objects.ts";
import type { Service } from "../api/types.ts";
import { verdictOf } from "../network/verdict.ts";
import { ruleKey } from "./messages.ts";
import { endpointsOf, portalsOf, ruleOf } from "./rules.ts";

const place = { node: "a", zone: "z1" };
const at = "ns1/svc1";

function rule(
  service: Service,
  endpoints: readonly EndpointShort[],
  where: { node: string; zone: string | undefined } = place,
) {
  const [portal] = portalsOf(service);
  assert.ok(portal);
  return ruleOf(portal, endpointsOf(portal, [sliceOf(at, endpoints)], where), where);
}

const ips = (targets: readonly { readonly ip: string }[]) => targets.map(({ ip }) => ip);
const nodePort = { type: "NodePort", ports: [{ name: "p80", port: 80, protocol: "TCP", nodePort: 3001 }] };

test("rules have addresses in one way, however Services and slices write them", () => {
  const written = "FD00:10:96:0::0005";
  const spec = { clusterIP: written, clusterIPs: [written], externalIPs: ["2001:DB8::0:1"], type: "LoadBalancer" };
  const service = { ...serviceNamed(at, spec), status: { loadBalancer: { ingress: [{ ip: "fd00:127:88:0::9" }] } } };
  const [portal] = portalsOf(service as Service);
  assert.ok(portal);
  const { clusterIp, externalIps, loadBalancerIps } = portal.rule;
  assert.deepEqual([clusterIp, externalIps, loadBalancerIps], ["fd00:10:96::5", ["2001:db8::1"], ["fd00:127:88::9"]]);
  const slice = sliceOf(at, [{ ip: "FD00:10:244::0:7" }]);
  assert.deepEqual(ips(endpointsOf(portal, [slice], place)), ["fd00:10:244::7"]);
  const [zeros] = portalsOf(serviceNamed(at, { clusterIP: "010.096.000.005" }) as Service);
  assert.equal(zeros?.rule.clusterIp, "10.96.0.5");
});

test("portalsOf() passes over what nodes have nothing to do with", () => {
  const none = [
    serviceNamed(at, { clusterIP: "None" }),
    serviceNamed(at, { clusterIP: "" }),
    serviceNamed(at, { type: "ExternalName" }),
    {
      ...serviceNamed(at),
      metadata: { name: "svc1", labels: { "service.kubernetes.io/service-proxy-name": "other" } },
    },
    { ...serviceNamed(at), metadata: { name: "svc1", labels: { "service.kubernetes.io/headless": "" } } },
  ];
  assert.deepEqual(
    none.map((each) => portalsOf(each).length),
    [0, 0, 0, 0, 0],
  );
  const [portal] = portalsOf(serviceNamed(at, { sessionAffinity: "ClientIP" }));
  assert.deepEqual([portal?.rule.name, portal?.rule.affinitySeconds], ["ns1/svc1:p80", 10_800]);
});

test("ruleOf() uses ready endpoints, and those that leave but still serve only when none is ready", () => {
  const service = serviceNamed(at);
  const some = rule(service, [
    { ip: "10.0.0.1" },
    { ip: "10.0.0.2", state: "leaving" },
    { ip: "10.0.0.3", state: "unready" },
  ]);
  assert.deepEqual(ips(some.cluster), ["10.0.0.1"]);
  const last = rule(service, [
    { ip: "10.0.0.2", state: "leaving" },
    { ip: "10.0.0.4", state: "dying" },
  ]);
  assert.deepEqual([ips(last.cluster), last.hasEndpoints], [["10.0.0.2"], true]);
  const nobody = rule(service, [{ ip: "10.0.0.3", state: "unready" }]);
  assert.deepEqual([nobody.cluster, verdictOf(nobody, "internal")], [[], "reject"]);
});

test("ruleOf() keeps local traffic local, and drops it where there is nothing local", () => {
  const service = serviceNamed(at, { ...nodePort, externalTrafficPolicy: "Local" });
  const here = rule(service, [
    { ip: "10.0.0.1", node: "a" },
    { ip: "10.0.0.2", node: "b" },
  ]);
  assert.deepEqual([ips(here.local), ips(here.cluster)], [["10.0.0.1"], ["10.0.0.1", "10.0.0.2"]]);
  const leaving = rule(service, [
    { ip: "10.0.0.1", node: "a", state: "leaving" },
    { ip: "10.0.0.2", node: "b" },
  ]);
  assert.deepEqual([ips(leaving.local), ips(leaving.cluster)], [["10.0.0.1"], ["10.0.0.2"]]);
  const away = rule(service, [{ ip: "10.0.0.2", node: "b" }]);
  assert.deepEqual([verdictOf(away, "internal"), verdictOf(away, "external")], ["forward", "drop"]);
  const inside = rule(serviceNamed(at, { internalTrafficPolicy: "Local" }), [{ ip: "10.0.0.2", node: "b" }]);
  assert.deepEqual([inside.cluster, verdictOf(inside, "internal")], [[], "drop"]);
});

test("ruleOf() prefers what hints assign to the node or its zone, when all have hints and some are for it", () => {
  const service = serviceNamed(at);
  const hinted: EndpointShort[] = [
    { ip: "10.0.0.1", zones: ["z1"], nodes: ["a"] },
    { ip: "10.0.0.2", zones: ["z1"], nodes: ["b"] },
    { ip: "10.0.0.3", zones: ["z2"], nodes: ["c"] },
  ];
  const seenFrom = (node: string, zone: string | undefined) => ips(rule(service, hinted, { node, zone }).cluster);
  assert.deepEqual(seenFrom("a", "z1"), ["10.0.0.1"]);
  assert.deepEqual(seenFrom("d", "z1"), ["10.0.0.1", "10.0.0.2"]);
  assert.equal(seenFrom("d", "z3").length, 3);
  assert.equal(seenFrom("d", undefined).length, 3);
  const partly = [...hinted, { ip: "10.0.0.4" }];
  assert.equal(rule(service, partly).cluster.length, 4);
});

test("endpointsOf() takes an address that two slices have once, and what is not said for ready", () => {
  const [portal] = portalsOf(serviceNamed(at));
  assert.ok(portal);
  const one = sliceOf(at, [{ ip: "10.0.0.2" }, { ip: "10.0.0.1" }], { name: "one" });
  const two = sliceOf(at, [{ ip: "10.0.0.2", node: "a" }], { name: "two" });
  const other = sliceOf(at, [{ ip: "10.0.0.9" }], { name: "other" });
  const found = endpointsOf(
    portal,
    [one, two, { ...other, ports: [{ name: "p81", port: 81, protocol: "TCP" }] }],
    place,
  );
  assert.deepEqual(
    found.map(({ ip, local }) => [ip, local]),
    [
      ["10.0.0.1", false],
      ["10.0.0.2", true],
    ],
  );
  const bare = { ...one, endpoints: [{ addresses: ["10.0.0.5"] }] };
  assert.deepEqual(
    endpointsOf(portal, [bare], place).map(({ ready, serving }) => [ready, serving]),
    [[true, true]],
  );
});

const endpoint = fc.record({
  ip: fc.nat(9).map((last) => `10.0.0.${last}`),
  node: fc.constantFrom("a", "b"),
  state: fc.constantFrom("ready", "unready", "leaving", "dying"),
}) as fc.Arbitrary<EndpointShort>;

property(
  "ruleOf() leads only to endpoints of the slices, never past a ready one to another, and local means on the node",
  [fc.uniqueArray(endpoint, { selector: ({ ip }) => ip, maxLength: 8 }), fc.boolean(), fc.boolean()],
  (endpoints, isLocalInside, isLocalOutside) => {
    const spec = {
      ...nodePort,
      ...(isLocalInside ? { internalTrafficPolicy: "Local" } : {}),
      ...(isLocalOutside ? { externalTrafficPolicy: "Local" } : {}),
    };
    const made = rule(serviceNamed(at, spec), endpoints);
    const stateOf = new Map(endpoints.map((each) => [each.ip, each]));
    for (const { ip } of [...made.cluster, ...made.local]) {
      assert.ok(["ready", "leaving"].includes(stateOf.get(ip)?.state ?? ""), ip);
    }
    for (const { ip } of made.local) assert.equal(stateOf.get(ip)?.node, "a");
    const ready = endpoints.filter(({ state }) => state === "ready");
    if (ready.length > 0) assert.deepEqual(ips(made.cluster), ips(ready).sort());
    assert.equal(
      made.hasEndpoints,
      endpoints.some(({ state }) => state === "ready" || state === "leaving"),
    );
  },
);

test("portalsOf() makes a rule of each family, of one name, with what is of that family alone", () => {
  const dual = {
    ...nodePort,
    type: "LoadBalancer",
    clusterIP: "fd00::41",
    clusterIPs: ["fd00::41", "172.30.0.41"],
    externalIPs: ["192.0.2.1", "2001:db8::1"],
    loadBalancerSourceRanges: ["10.0.0.0/8", "2001:db8::/32"],
  };
  const ingress = { loadBalancer: { ingress: [{ ip: "1.2.3.4" }, { ip: "2001:db8::5" }] } };
  const slices = [sliceOf(at, [{ ip: "10.0.0.1" }]), sliceOf(at, [{ ip: "fd00:1::1" }], { name: "svc1-six" })];
  const rules = portalsOf(serviceNamed(at, dual, ingress)).map((portal) => {
    return ruleOf(portal, endpointsOf(portal, slices, place), place);
  });
  assert.deepEqual(
    rules.map(
      ({ name, family = "IPv4", clusterIp, externalIps, loadBalancerIps, sourceRanges, cluster, nodePort: port }) =>
        [name, family, clusterIp, externalIps, loadBalancerIps, sourceRanges, ips(cluster), port].join(" "),
    ),
    [
      "ns1/svc1:p80 IPv6 fd00::41 2001:db8::1 2001:db8::5 2001:db8::/32 fd00:1::1 3001",
      "ns1/svc1:p80 IPv4 172.30.0.41 192.0.2.1 1.2.3.4 10.0.0.0/8 10.0.0.1 3001",
    ],
  );
  assert.deepEqual(rules.map(ruleKey), ["ns1/svc1:p80 IPv6", "ns1/svc1:p80"]);
});
