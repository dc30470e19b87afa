import { createRoutes } from "../../actors/network/routes.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type Addressing, networkPlan } from "./network_plan.ts";

const families = [["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]] as const;

test("networkPlan() gives nodes, pods and Services addresses of the families that are asked for, in their order", () => {
  const shown = families.map((ipFamilies) => {
    const plan = networkPlan({ ipFamilies });
    return [plan.nodeIps(0).join(), plan.podCidrs(1).join(), plan.serviceCidr, plan.apiServerIp(0)].join(" ");
  });
  assert.deepEqual(shown, [
    "192.168.0.1 10.244.1.0/24 10.96.0.0/16 172.18.0.2",
    "fd00:192:168::1 fd00:10:244:1::/64 fd00:10:96::/112 fd00:172:18::2",
    "192.168.0.1,fd00:192:168::1 10.244.1.0/24,fd00:10:244:1::/64 10.96.0.0/16,fd00:10:96::/112 172.18.0.2",
    "fd00:192:168::1,192.168.0.1 fd00:10:244:1::/64,10.244.1.0/24 fd00:10:96::/112,10.96.0.0/16 fd00:172:18::2",
  ]);
  assert.equal(networkPlan({}).serviceCidr, "10.96.0.0/16");
  assert.deepEqual(networkPlan({ serviceCidr: "fd01::/112" }).families, ["IPv6"]);
  assert.deepEqual(networkPlan({ ipFamilies: ["IPv6"] }).dnsServiceIps, ["fd00:10:96::a"]);
});

test("networkPlan() says what is wrong with ranges", () => {
  const refused = (addressing: Addressing) => {
    assert.throws(() => networkPlan(addressing));
    try {
      networkPlan(addressing);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.match(refused({ serviceCidr: "10.96.0.0" }), /Cannot read the range of service addresses: "10.96.0.0", give/);
  assert.match(refused({ serviceCidr: "10.96.0.0/31" }), /one of IPv4 has \/8 to \/30$/);
  assert.match(refused({ clusterCidr: "10.1.0.0/16,10.2.0.0/16" }), /give one, or one of each family$/);
  assert.match(
    refused({ ipFamilies: ["IPv4"], serviceCidr: "fd00::/112" }),
    /name the same families in the same order$/,
  );
  assert.match(refused({ clusterCidr: "10.1.0.0/26" }), /ranges of \/24 for their pods: they do not fit 10.1.0.0\/26$/);
});

const addressing = fc.record(
  {
    clusterCidr: fc.constantFrom("10.32.0.0/12", "fd12::/56", "10.1.0.0/16,fd12:1::/56", "fd12::/48,10.244.0.0/16"),
    nodeCidrMaskSize: fc.constantFrom({ IPv4: 26 }, { IPv6: 64 }, { IPv4: 25, IPv6: 72 }),
  },
  { requiredKeys: [] },
);

property(
  "routes lead each address of a node and of its pods to its computer, and no two nodes share a range",
  [addressing, fc.constantFrom(...families), fc.integer({ min: 1, max: 300 }), fc.nat(299)],
  (given, ipFamilies, nodes, other) => {
    const plan = networkPlan(given.clusterCidr ? given : { ...given, ipFamilies });
    const count = Math.min(nodes, plan.nodesMax);
    const node = other % count;
    const routes = createRoutes(plan.routesTo(count, "computer/"));
    for (const ip of plan.nodeIps(node)) {
      assert.equal(routes.computerOf(ip), `computer/${node}`, ip);
      assert.equal(routes.isPodIp(ip), false);
    }
    for (const range of plan.podCidrs(node)) {
      const [first = ""] = range.split("/");
      const pod = first.includes(":") ? `${first}2` : first.replace(/\d+$/, (last) => String(Number(last) + 2));
      assert.equal(routes.computerOf(pod), `computer/${node}`, pod);
      assert.equal(routes.isPodIp(pod), true);
    }
    assert.equal(new Set(Array.from({ length: count }, (_each, at) => plan.podCidrs(at).join())).size, count);
  },
  { runs: 60 },
);
