import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Places } from "../../runtime/faults/places.ts";
import {
  apiServerAddresses,
  computerAddress,
  dnsAddress,
  kubeletAddress,
  proxyAddress,
  type Topology,
} from "../../scenarios/cluster/topology.ts";
import { trafficAddress } from "../traffic/traffic_plan.ts";
import { faultIn, type When } from "./places.ts";

type Plan = fc.Arbitrary<readonly Fault[]>;

/** When faults begin. */
interface Span {
  readonly first: number;
  readonly last: number;
}

const faultsMax = 4;

/** What traffic has to bear: nodes and their agents lost, bad links between computers, rules and names that come late. */
export function trafficFaults(topology: Topology, { first, last }: Span): Plan {
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => index);
  const node = fc.constantFrom(...nodes);
  const trigger = fc.integer({ min: first, max: last }).map((atMs) => ({ atMs }));
  const forMs = fc.oneof(fc.integer({ min: 50, max: 2_000 }), fc.integer({ min: 2_000, max: 15_000 }));
  const when = { trigger, forMs };
  const plans: fc.MaybeWeightedArbitrary<readonly Fault[]>[] = [
    { weight: 3, arbitrary: nodeLost(node, when) },
    { weight: 17, arbitrary: faultIn(placesOf(topology), when, { lag: 2, delay: 2 }).map((each) => [each]) },
    { weight: 1, arbitrary: lateNames(topology, when) },
  ];
  return fc.array(fc.oneof(...plans), { minLength: 1, maxLength: faultsMax }).map((all) => all.flat());
}

/** Computers, their agents and the names: what traffic goes through. */
function placesOf(topology: Topology): Places {
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => index);
  const [computers, proxies] = [nodes.map(computerAddress), nodes.map(proxyAddress)];
  const hosts = [...computers, trafficAddress, dnsAddress];
  return {
    actors: [...computers, ...nodes.map(kubeletAddress), ...proxies, dnsAddress],
    ...{ clocks: [], disks: [] },
    links: { from: hosts, to: computers },
    datagrams: { from: hosts, to: computers },
    // What endpoints there are reaches kube-proxies late, or their rules reach the computers late.
    streams: [
      { from: apiServerAddresses(topology), to: proxies, types: ["api.watch"] },
      { from: proxies, to: computers, types: ["dataplane.apply"] },
    ],
  };
}

/** The computer goes, and all that runs on it. */
function nodeLost(node: fc.Arbitrary<number>, when: When): Plan {
  return fc.record({ index: node, ...when }).map(({ index, ...rest }) =>
    [computerAddress, kubeletAddress, proxyAddress].map((address): Fault => {
      return { kind: "crash", parameters: { actor: address(index) }, ...rest };
    }),
  );
}

/** Names are told late. */
function lateNames({ nodes }: Topology, when: When): Plan {
  const from = Array.from({ length: nodes }, (_each, index) => computerAddress(index));
  return fc
    .record({ delayMsMax: fc.constantFrom(200, 4_000), ...when })
    .map(({ delayMsMax, ...rest }) => [{ kind: "delay", parameters: { from, to: [dnsAddress], delayMsMax }, ...rest }]);
}
