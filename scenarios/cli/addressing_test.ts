import { assert, test } from "../../properties/house/test.ts";
import { networkPlan } from "../cluster/network_plan.ts";
import { addressingOf } from "./addressing.ts";
import { ipFamilies } from "./ip_families.ts";

test("ipFamilies() reads families in their order, however they are written", () => {
  assert.deepEqual(ipFamilies("ipv6, IPv4"), ["IPv6", "IPv4"]);
  assert.throws(() => ipFamilies("IPv4,IPv4"), /Cannot use the families "IPv4,IPv4": give IPv4, IPv6, or both/);
  assert.throws(() => ipFamilies("dual"), /as in IPv6,IPv4/);
});

test("addressingOf() takes ranges as kube-apiserver and kube-controller-manager do, and refuses those that do not fit", () => {
  const given = {
    ...{ serviceClusterIpRange: "10.7.0.0/16,fd00:7::/108", clusterCidr: "10.8.0.0/16,fd00:8::/56" },
    nodeCidrMaskSizeIpv6: 64,
  };
  const plan = networkPlan(addressingOf(given));
  assert.deepEqual(plan.podCidrs(1), ["10.8.1.0/24", "fd00:8:0:1::/64"]);
  assert.deepEqual(plan.apiServiceIps, ["10.7.0.1", "fd00:7::1"]);
  assert.equal(plan.nodesMax, 256);
  assert.throws(
    () => addressingOf({ serviceClusterIpRange: "fd00:7::/108", clusterCidr: "10.8.0.0/16" }),
    /Cannot make a cluster of IPv4 with pods of IPv4 and Services of IPv6: name the same families/,
  );
  assert.deepEqual(addressingOf({}), {});
});
