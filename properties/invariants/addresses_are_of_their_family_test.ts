import type { Topology } from "../../scenarios/cluster/topology.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { addressesAreOfTheirFamily } from "./addresses_are_of_their_family.ts";

function told(ipFamilies: NonNullable<Topology["ipFamilies"]>, key: string, object: object): string | undefined {
  const definition = { topology: { nodes: 1, stores: 1, apiservers: 1, ipFamilies } };
  const watch = addressesAreOfTheirFamily.watch({ definition } as unknown as World);
  return watch.commit?.({ key: `/registry/${key}`, object } as never);
}

const both = ["IPv6", "IPv4"] as const;
const service = (spec: object) => ({ spec: { selector: { app: "web" }, ...spec } });

test("addressesAreOfTheirFamily() finds Services whose addresses are not those of their families", () => {
  const key = "services/specs/default/web";
  const sound = {
    clusterIPs: ["fd00::1", "10.96.0.1"],
    ipFamilies: ["IPv6", "IPv4"],
    ipFamilyPolicy: "PreferDualStack",
  };
  assert.equal(told(both, key, service(sound)), undefined);
  assert.equal(
    told(both, key, service({ ...sound, ipFamilyPolicy: "SingleStack" })),
    "/registry/services/specs/default/web tells SingleStack [IPv6,IPv4]",
  );
  assert.match(
    told(both, key, service({ ...sound, clusterIPs: ["fd00::1"] })) ?? "",
    /has \[fd00::1\], and tells Prefer/,
  );
  const foreign = { clusterIPs: ["None"], ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };
  assert.match(told(["IPv4"], key, service(foreign)) ?? "", /and its cluster is of IPv4$/);
  assert.equal(told(["IPv4"], key, service({ ...foreign, selector: {} })), undefined);
});

test("addressesAreOfTheirFamily() finds slices, pods and nodes with addresses of another family", () => {
  const slice = { addressType: "IPv4", endpoints: [{ addresses: ["10.244.0.2"] }, { addresses: ["fd00::2"] }] };
  assert.match(told(both, "endpointslices/default/web-1", slice) ?? "", /is of IPv4, and has fd00::2$/);
  const pod = (...ips: string[]) => ({ status: { podIPs: ips.map((ip) => ({ ip })) } });
  assert.equal(told(both, "pods/default/web", pod("fd00::2", "10.244.0.2")), undefined);
  assert.match(
    told(both, "pods/default/web", pod("10.244.0.2")) ?? "",
    /has \[10.244.0.2\], and its cluster is of IPv6,IPv4/,
  );
  const node = { spec: { podCIDRs: ["10.244.0.0/24"] }, status: {} };
  assert.match(told(both, "minions/node-0", node) ?? "", /has \[10.244.0.0\/24\]/);
  assert.equal(told(["IPv4"], "minions/node-0", node), undefined);
});
