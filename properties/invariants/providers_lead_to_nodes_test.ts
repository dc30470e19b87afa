import type { CloudState } from "../../actors/cloud/state.ts";
import { nothingRented } from "../../actors/cloud/state.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { providersLeadToNodes } from "./providers_lead_to_nodes.ts";

const rented = (name: string, ip: string, more: object = {}) => ({
  metadata: { name, ...more },
  spec: { providerID: `aurora:///aurora-1a/i-${name}`, podCIDR: `${ip}/24` },
  status: { addresses: [{ type: "InternalIP", address: ip }] },
});
const own = { ...rented("own", "10.0.0.9"), spec: { podCIDR: "10.0.0.9/24" } };
const routeTo = (node: string, ip: string) => ({ name: `to-${node}`, node, cidr: `${ip}/24` });
const balancer = (...nodes: readonly string[]): CloudState["balancers"][number] => ({
  ...{ name: "a1", service: "default/web", ports: [], sourceRanges: [], ip: "192.0.2.1", ipMode: "VIP", nodes },
});

const excluded = { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } };
const nodes = [rented("a", "10.0.0.1"), rented("b", "10.0.0.2"), rented("c", "10.0.0.3", excluded), own];
const routes = [routeTo("c", "10.0.0.3"), routeTo("a", "10.0.0.1"), routeTo("b", "10.0.0.2")];

/** What the rule says at the end of a run with these nodes, and a provider that has this. */
function judged(state: Partial<CloudState>): string | undefined {
  const world = {
    definition: { topology: { clouds: [{ provider: "aurora", nodes: 1 }] } },
    simulation: { dataOf: () => ({ state: { ...nothingRented, routes, ...state } }) },
    list: () => nodes,
  };
  return providersLeadToNodes.watch(world as unknown as World).end?.();
}

test("providers that lead to their nodes are well, in whatever order", () => {
  assert.equal(judged({ balancers: [balancer("10.0.0.2", "10.0.0.1")] }), undefined);
  assert.equal(judged({}), undefined);
});

test("load balancers that miss a node, or send to one that is gone or excluded, are found", () => {
  for (const sentTo of [["10.0.0.1"], ["10.0.0.1", "10.0.0.2", "10.0.0.4"], ["10.0.0.1", "10.0.0.2", "10.0.0.3"], []]) {
    assert.match(judged({ balancers: [balancer(...sentTo)] }) ?? "", /load balancer of default\/web sends to/);
  }
});

test("routes that are missing, left behind, or those of a node before are found", () => {
  for (const led of [
    routes.slice(1),
    [...routes, routeTo("d", "10.0.0.4")],
    [...routes.slice(1), routeTo("c", "10.0.0.5")],
  ]) {
    assert.match(judged({ routes: led }) ?? "", /routes lead to/);
  }
});
