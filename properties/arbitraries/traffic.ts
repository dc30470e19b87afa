import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import { kubeletAddress, type Topology } from "../../scenarios/cluster/topology.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import type { TrafficRequest } from "../traffic/traffic_plan.ts";
import type { Command, Drain } from "../workload/command.ts";
import { faultPlan } from "./fault_plan.ts";
import { trafficFaults } from "./traffic_faults.ts";

/** What a traffic run is: all of a run but its seed. */
export type TrafficRun = Omit<RunDefinition, "seed"> & Required<Pick<RunDefinition, "traffic">>;

/** How gentle a traffic run is; `calm`: only rolling updates and scaling, in which no request may be lost. */
export interface TrafficRunOptions {
  /** Default: one in three. */
  readonly calm?: boolean;
}

const requestsMax = 24;
const strokesMax = 4;
/** By then both servers are there, and known to every node. */
const firstRequestMs = 9_000;
/** Work on the cluster is begun between these. */
const workMs = { first: 12_000, last: 26_000 };
/** Faults and requests go on for a while after the work. */
const healAtMs = 36_000;
const replicas = fc.integer({ min: 1, max: 3 });
const server = fc.constantFrom("front", "back");
const version = fc.constantFrom(1, 2, 2);

/** Small clusters with computers, two Deployments of servers behind Services, and a client that asks them. */
export function trafficRun({ calm }: TrafficRunOptions = {}): fc.Arbitrary<TrafficRun> {
  const isCalm = calm === undefined ? fc.constantFrom(true, false, false) : fc.constant(calm);
  return fc.tuple(shape, isCalm).chain(([topology, calmly]) =>
    fc
      .record({
        begin: servers,
        strokes: fc.array(calmly ? gentle : fc.oneof(gentle, rough), { minLength: 1, maxLength: strokesMax }),
        requests: requests(topology.nodes),
        faults: calmly ? calmFaults(topology, calm === true) : faultsOf(topology),
      })
      .map(({ begin, strokes, requests: drawn, faults }) => {
        const work = strokes.sort((a, b) => a.atMs - b.atMs);
        const traffic = { requests: timed(drawn, work) };
        return { topology, workload: [...begin, ...work], faults, healAtMs, traffic };
      }),
  );
}

/** What nobody may notice: nothing at all, or that a kubelet is away for a while. */
function calmFaults({ nodes }: Topology, isWithout: boolean): fc.Arbitrary<readonly Fault[]> {
  if (isWithout) return fc.constant([]);
  const away = fc.record({
    node: fc.nat(nodes - 1),
    atMs: fc.integer({ min: workMs.first, max: workMs.last }),
    forMs: fc.integer({ min: 50, max: 9_000 }),
  });
  return fc.array(away, { maxLength: 2 }).map((all) =>
    all.map(({ node, atMs: ms, forMs }): Fault => {
      return { kind: "crash", parameters: { actor: kubeletAddress(node) }, trigger: { atMs: ms }, forMs };
    }),
  );
}

/** Faults of what carries traffic; now and then beside those that any cluster suffers from. */
function faultsOf(topology: Topology): fc.Arbitrary<readonly Fault[]> {
  const own = trafficFaults(topology, workMs);
  const both = fc.tuple(own, faultPlan(topology)).map((plans) => plans.flat());
  return fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: both });
}

const shape: fc.Arbitrary<Topology> = fc
  .record({
    nodes: fc.constantFrom(1, 2, 2, 3, 3),
    stores: fc.constantFrom<(1 | 3)[]>(1, 1, 3),
    apiservers: fc.constantFrom<(1 | 2)[]>(1, 1, 2),
  })
  .map((sizes) => ({ ...sizes, proxies: true, dns: true, restartsMax: 1_000 }));

/** The two Services and their servers, all there from the start. */
const servers: fc.Arbitrary<readonly Command[]> = fc
  .record({
    // Behind a name, or behind names alone: then every answer of the DNS server counts.
    inner: fc.constantFrom<("plain" | "headless")[]>("plain", "plain", "headless"),
    door: fc.constantFrom<("door" | "stickyDoor")[]>("door", "door", "stickyDoor"),
    front: replicas,
    back: replicas,
    drains: fc.constantFrom<Drain[]>("signal", "preStop"),
    share: fc.constantFrom<{ maxSurge: number | string; maxUnavailable: number | string }[]>(
      { maxSurge: 1, maxUnavailable: 0 },
      { maxSurge: "25%", maxUnavailable: "25%" },
      { maxSurge: 2, maxUnavailable: 0 },
    ),
  })
  .map(({ inner, door, front, back, drains, share }): Command[] => [
    { op: "createService", atMs: 0, name: "back", selects: "back", shape: inner },
    { op: "createService", atMs: 0, name: "front", selects: "front", shape: door },
    { op: "create", atMs: 0, name: "back", replicas: back, image: "back:1", drains, ...share },
    { op: "create", atMs: 0, name: "front", replicas: front, image: "front:1", drains, ...share },
  ]);

const atMs = fc.integer({ min: workMs.first, max: workMs.last });

/** What no request may suffer from. */
const gentle: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ atMs, name: server, to: version })
      .map(({ to, ...rest }): Command => ({ op: "setImage", ...rest, image: `${rest.name}:${to}` })),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("scale" as const), atMs, name: server, replicas }) },
);

const rough: fc.Arbitrary<Command> = fc.record({
  op: fc.constant("killPods" as const),
  atMs,
  name: server,
  count: fc.integer({ min: 1, max: 3 }),
  force: fc.boolean(),
});

/** A request whose time may hang on what is done to the cluster. */
type DrawnRequest = Omit<TrafficRequest, "id" | "atMs"> & { readonly when: When };
type When = { readonly atMs: number } | { readonly stroke: number; readonly afterMs: number };

/** Small and large, brief and long; some at any time, some while the cluster is busy. */
function requests(nodes: number): fc.Arbitrary<readonly DrawnRequest[]> {
  const when = fc.oneof(
    fc.record({ atMs: fc.integer({ min: firstRequestMs, max: healAtMs }) }),
    fc.record({ stroke: fc.nat(strokesMax - 1), afterMs: fc.integer({ min: -2_000, max: 6_000 }) }),
  );
  const one = fc.record({
    when,
    node: fc.nat(nodes - 1),
    bytes: fc.constantFrom(0, 10, 10, 10, 1_000, 1_000, 1_000, 1_000, 70_000),
    answerBytes: fc.constantFrom(0, 10, 10, 10, 1_000, 1_000, 1_000, 1_000, 70_000, 300_000),
    workMs: fc.constantFrom(0, 0, 100, 1_000, 4_000),
  });
  return fc.array(one, { minLength: 5, maxLength: requestsMax });
}

function timed(drawn: readonly DrawnRequest[], strokes: readonly Command[]): readonly TrafficRequest[] {
  return drawn
    .map(({ when, ...rest }, index) => ({ id: index + 1, atMs: timeOf(when, strokes), ...rest }))
    .sort((a, b) => a.atMs - b.atMs);
}

function timeOf(when: When, strokes: readonly Command[]): number {
  if ("atMs" in when) return when.atMs;
  return (strokes[when.stroke % strokes.length]?.atMs ?? firstRequestMs) + when.afterMs;
}
