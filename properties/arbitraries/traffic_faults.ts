import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import {
  apiServerAddresses,
  dnsAddress,
  kubeletAddress,
  machineAddress,
  proxyAddress,
  type Topology,
} from "../../scenarios/topology.ts";
import { trafficAddress } from "../traffic/traffic_plan.ts";

type Plan = fc.Arbitrary<readonly Fault[]>;

/** When faults begin. */
interface Span {
  readonly first: number;
  readonly last: number;
}

const faultsMax = 4;

/** What traffic has to bear: nodes and their agents lost, bad links between machines, rules and names that come late. */
export function trafficFaults(topology: Topology, { first, last }: Span): Plan {
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => index);
  const node = fc.constantFrom(...nodes);
  const trigger = fc.integer({ min: first, max: last }).map((atMs) => ({ atMs }));
  const forMs = fc.oneof(fc.integer({ min: 50, max: 2_000 }), fc.integer({ min: 2_000, max: 15_000 }));
  const when = { trigger, forMs };

  const machines = nodes.map(machineAddress);
  const hosts = [...machines, trafficAddress, dnsAddress];
  const link = fc.record({
    from: fc.uniqueArray(fc.constantFrom(...hosts), { minLength: 1, maxLength: 2 }),
    to: fc.oneof(fc.constant(machines), fc.uniqueArray(fc.constantFrom(...machines), { minLength: 1, maxLength: 2 })),
    oneWay: fc.boolean(),
  });
  const about = (kind: string, parameters: fc.Arbitrary<Readonly<Record<string, unknown>>>): Plan =>
    fc.record({ parameters, ...when }).map((rest) => [{ kind, ...rest }]);
  const merged = (more: Record<string, fc.Arbitrary<unknown>>) =>
    fc.tuple(link, fc.record(more)).map(([left, right]) => ({ ...left, ...right }));
  const probability = fc.constantFrom(0.02, 0.1, 0.4);

  const plans: fc.MaybeWeightedArbitrary<readonly Fault[]>[] = [
    { weight: 3, arbitrary: nodeLost(node, when) },
    { weight: 1, arbitrary: about("crash", fc.record({ actor: node.map(machineAddress) })) },
    { weight: 1, arbitrary: about("crash", fc.record({ actor: node.map(kubeletAddress) })) },
    { weight: 2, arbitrary: about("crash", fc.record({ actor: node.map(proxyAddress) })) },
    { weight: 1, arbitrary: about("crash", fc.record({ actor: fc.constant(dnsAddress) })) },
    { weight: 1, arbitrary: about("pause", fc.record({ actor: fc.constantFrom(...hosts.slice(0, -2)) })) },
    { weight: 3, arbitrary: about("partition", link) },
    { weight: 2, arbitrary: about("loss", merged({ probability })) },
    { weight: 2, arbitrary: about("delay", merged({ delayMsMax: fc.constantFrom(5, 100, 1_500) })) },
    { weight: 1, arbitrary: about("duplication", merged({ probability })) },
    { weight: 1, arbitrary: about("reordering", merged({ delayMsMax: fc.constantFrom(2, 50, 500) })) },
    { weight: 2, arbitrary: lateRules(topology, when) },
    {
      weight: 1,
      arbitrary: about(
        "delay",
        fc.record({
          from: fc.constant(machines),
          to: fc.constant([dnsAddress]),
          delayMsMax: fc.constantFrom(200, 4_000),
        }),
      ),
    },
  ];
  return fc.array(fc.oneof(...plans), { minLength: 1, maxLength: faultsMax }).map((all) => all.flat());
}

interface When {
  readonly trigger: fc.Arbitrary<{ readonly atMs: number }>;
  readonly forMs: fc.Arbitrary<number>;
}

/** The computer goes, and all that runs on it. */
function nodeLost(node: fc.Arbitrary<number>, when: When): Plan {
  return fc.record({ index: node, ...when }).map(({ index, ...rest }) =>
    [machineAddress, kubeletAddress, proxyAddress].map((address): Fault => {
      return { kind: "crash", parameters: { actor: address(index) }, ...rest };
    }),
  );
}

/** What endpoints there are reaches kube-proxies late, or their rules reach the machines late. */
function lateRules(topology: Topology, when: When): Plan {
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => index);
  const streams = fc.constantFrom(
    { from: apiServerAddresses(topology), to: nodes.map(proxyAddress), types: ["api.watch"] },
    { from: nodes.map(proxyAddress), to: nodes.map(machineAddress), types: ["dataplane.apply"] },
  );
  return fc
    .record({ streams, delayMs: fc.integer({ min: 50, max: 4_000 }), ...when })
    .map(({ streams: which, delayMs, ...rest }) => [
      { kind: "lag", parameters: { ...which, delayMs, oneWay: true }, ...rest },
    ]);
}
