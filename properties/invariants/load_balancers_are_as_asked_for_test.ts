import type { CloudState } from "../../actors/cloud/state.ts";
import { nothingRented } from "../../actors/cloud/state.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { loadBalancersAreAsAskedFor } from "./load_balancers_are_as_asked_for.ts";

const [http, https] = [
  { port: 80, nodePort: 30_001, protocol: "TCP" },
  { port: 443, nodePort: 30_002, protocol: "TCP" },
] as const;

/** What the rule says at the end of a run with this Service, and a load balancer that is so. */
function judged(spec: object, balancer: Partial<CloudState["balancers"][number]>): string | undefined {
  const rented: CloudState["balancers"][number] = {
    ...{ name: "a1", service: "default/web", ip: "192.0.2.1", ipMode: "VIP", nodes: [] },
    ...{ ports: [http], sourceRanges: [], ...balancer },
  };
  const world = {
    definition: { topology: { clouds: [{ provider: "aurora", nodes: 1 }] } },
    simulation: { dataOf: () => ({ state: { ...nothingRented, balancers: [rented] } }) },
    get: () => ({ metadata: { name: "web" }, spec: { type: "LoadBalancer", ports: [http], ...spec } }),
  };
  return loadBalancersAreAsAskedFor.watch(world as unknown as World).end?.();
}

test("load balancers that have the ports of their Services, in whatever order, and let in whom they name are well", () => {
  assert.equal(judged({}, {}), undefined);
  assert.equal(judged({ ports: [http, { ...https, protocol: undefined }] }, { ports: [https, http] }), undefined);
  const ranges = ["10.0.0.0/8", "192.0.2.0/24"];
  assert.equal(judged({ loadBalancerSourceRanges: ranges }, { sourceRanges: ranges.toReversed() }), undefined);
  assert.equal(judged({ type: "ClusterIP", ports: [https] }, {}), undefined);
});

test("load balancers with ports, or ports of nodes, that their Services have no more, or for others, are found", () => {
  assert.match(judged({ ports: [http, https] }, {}) ?? "", /has TCP 80 to 30001 for all, its Service asks for/);
  assert.match(judged({ ports: [{ ...http, nodePort: 30_003 }] }, {}) ?? "", /asks for TCP 80 to 30003 for all/);
  assert.match(judged({ loadBalancerSourceRanges: ["10.0.0.0/8"] }, {}) ?? "", /asks for TCP 80 to 30001 for 10/);
});
