import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import {
  apiServerAddresses,
  kubeletAddress,
  managerAddress,
  nodeName,
  schedulerAddress,
  storeAddresses,
  type Topology,
} from "../../scenarios/cluster/topology.ts";
import { workloadMsMax } from "./workload.ts";

type Scene = fc.Arbitrary<readonly Fault[]>;

/** Several faults that belong together: what single ones hit only by rare luck. */
export function scenes(topology: Topology): Scene {
  const all = [
    powerLost(topology),
    crashStorm(topology),
    leaderLost(topology),
    laggingServer(topology),
    leaderPaused(topology),
    missedHistory(topology),
    answersLost(topology),
  ];
  if (topology.stores > 1) all.push(voterCrashes(topology));
  return fc.oneof(...all);
}

/**
 * The first leader stands still until it has to give up, then hears from two others that do not hear each other: both want its
 * vote. It crashes when it has made one of them the leader, and hears of that late.
 */
export function voterCrashes(topology: Topology): Scene {
  // The first replica leads at the start.
  const [voter = "", ...others] = storeAddresses(topology);
  return fc
    .record({
      fromMs: fc.integer({ min: 500, max: workloadMsMax / 2 }),
      apartMs: fc.integer({ min: 2_000, max: 4_000 }),
      delayMs: fc.integer({ min: 200, max: 900 }),
      forMs: fc.integer({ min: 1, max: 10 }),
    })
    .map(({ fromMs, apartMs, delayMs, forMs }) => {
      const healed = { atMs: fromMs + apartMs };
      const types = ["raft.append", "raft.heartbeat"];
      return [
        { kind: "pause", parameters: { actor: voter }, trigger: { atMs: fromMs }, forMs: apartMs },
        {
          kind: "partition",
          parameters: { from: others, to: others },
          trigger: { atMs: fromMs },
          forMs: apartMs + 5_000,
        },
        { kind: "lag", parameters: { from: others, to: [voter], types, delayMs }, trigger: healed, forMs: 4_000 },
        ...others.map((actor): Fault => {
          const trigger = { actor, phase: "leader", nth: 1 };
          return { kind: "crash", parameters: { actor: voter }, trigger, forMs };
        }),
      ];
    });
}

/** The power fails: all replicas crash at the moment when their leader hears that an entry is stored. */
function powerLost(topology: Topology): Scene {
  const stores = storeAddresses(topology);
  return fc
    .record({
      witness: fc.constantFrom(...stores),
      event: fc.constantFrom("raft.append.ok", "raft.append", "store.txn"),
      nth: fc.integer({ min: 1, max: 120 }),
      forMs: fc.integer({ min: 1, max: 300 }),
      delayMsMax: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ witness, event, nth, forMs, delayMsMax }) =>
      stores.flatMap((actor): Fault[] => [
        {
          kind: "slowDevice",
          parameters: { actor, device: "disk", delayMsMax },
          trigger: { atMs: 1_500 },
          forMs: workloadMsMax,
        },
        { kind: "crash", parameters: { actor }, trigger: { actor: witness, event, nth }, forMs },
      ]),
    );
}

/** All replicas but one, or all of them, crash at once, again and again, while their disks are slow. */
function crashStorm(topology: Topology): Scene {
  const stores = storeAddresses(topology);
  return fc
    .record({
      fromMs: fc.integer({ min: 2_000, max: workloadMsMax }),
      everyMs: fc.integer({ min: 1_500, max: 3_000 }),
      times: fc.integer({ min: 1, max: 4 }),
      spared: fc.nat(stores.length),
      forMs: fc.integer({ min: 10, max: 400 }),
      delayMsMax: fc.integer({ min: 1, max: 60 }),
    })
    .map(({ fromMs, everyMs, times, spared, forMs, delayMsMax }) => {
      const slow = stores.map((actor): Fault => {
        const parameters = { actor, device: "disk", delayMsMax };
        return { kind: "slowDevice", parameters, trigger: { atMs: fromMs - 500 }, forMs: times * everyMs };
      });
      const crashes = Array.from({ length: times }, (_each, round) =>
        stores
          .filter((_actor, index) => stores.length === 1 || index !== (spared + round) % (stores.length + 1))
          .map(
            (actor): Fault => ({
              kind: "crash",
              parameters: { actor },
              trigger: { atMs: fromMs + round * everyMs },
              forMs,
            }),
          ),
      );
      return [...slow, ...crashes.flat()];
    });
}

/** A replica crashes or is cut off as it becomes leader, and another one with it. */
function leaderLost(topology: Topology): Scene {
  const stores = storeAddresses(topology);
  const forMs = fc.integer({ min: 20, max: 8_000 });
  return fc
    .record({
      leader: fc.constantFrom(...stores),
      other: fc.constantFrom(...stores),
      nth: fc.constantFrom(1, 2),
      forMs,
      otherForMs: forMs,
      isCut: fc.boolean(),
    })
    .map(({ leader, other, nth, forMs: ms, otherForMs, isCut }) => {
      const trigger = { actor: leader, phase: "leader", nth };
      const cut: Fault = { kind: "partition", parameters: { from: [leader], to: stores }, trigger, forMs: ms };
      const crash: Fault = { kind: "crash", parameters: { actor: leader }, trigger, forMs: ms };
      return [isCut ? cut : crash, { kind: "crash", parameters: { actor: other }, trigger, forMs: otherForMs }];
    });
}

/** An API server hears late of what is written, and a component that has to list anew prefers it. */
export function laggingServer(topology: Topology): Scene {
  const { nodes, managers = 1, schedulers = 1 } = topology;
  const clients = [managerAddress(managers - 1), schedulerAddress(schedulers - 1), kubeletAddress(nodes - 1)];
  return fc
    .record({
      server: fc.constantFrom(...apiServerAddresses(topology)),
      client: fc.constantFrom(...clients),
      delayMsMax: fc.integer({ min: 100, max: 2_000 }),
      atMs: fc.nat(workloadMsMax),
      afterMs: fc.integer({ min: 100, max: 5_000 }),
      forMs: fc.integer({ min: 20, max: 1_000 }),
    })
    .map(({ server, client, delayMsMax, atMs, afterMs, forMs }) => [
      {
        kind: "delay",
        parameters: { from: storeAddresses(topology), to: [server], oneWay: true, delayMsMax },
        trigger: { atMs },
        forMs: afterMs + 6_000,
      },
      { kind: "crash", parameters: { actor: client }, trigger: { atMs: atMs + afterMs }, forMs },
    ]);
}

/** Who leads, or a node's kubelet, stands still for longer than its Lease lasts, and then goes on as if nothing was. */
function leaderPaused({ nodes, managers = 1, schedulers = 1 }: Topology): Scene {
  const kubelets = Array.from({ length: nodes }, (_each, index) => `kubelet/${nodeName(index)}`);
  const leaders = [
    ...Array.from({ length: managers }, (_each, index) => managerAddress(index)),
    ...Array.from({ length: schedulers }, (_each, index) => schedulerAddress(index)),
  ];
  return fc
    .record({
      actor: fc.constantFrom(...leaders, ...leaders, ...kubelets),
      atMs: fc.integer({ min: 1_000, max: workloadMsMax / 2 }),
      forMs: fc.integer({ min: 9_000, max: 19_000 }),
    })
    .map(({ actor, atMs, forMs }) => [{ kind: "pause", parameters: { actor }, trigger: { atMs }, forMs }]);
}

/**
 * A component is cut off while others go on, and the API servers that it comes back to were restarted meanwhile: what it
 * has missed, deletions above all, no server can tell it any more, and it has to list again.
 */
function missedHistory(topology: Topology): Scene {
  const servers = apiServerAddresses(topology);
  return fc
    .record({
      client: fc.constantFrom(...clientsOf(topology)),
      atMs: fc.integer({ min: 2_000, max: workloadMsMax }),
      forMs: fc.integer({ min: 1_000, max: 9_000 }),
      restarts: fc.boolean(),
    })
    .map(({ client, atMs, forMs, restarts }) => {
      const cut: Fault = { kind: "partition", parameters: { from: [client], to: servers }, trigger: { atMs }, forMs };
      const trigger = { atMs: atMs + forMs - 400 };
      const crashes = servers.map((actor): Fault => ({ kind: "crash", parameters: { actor }, trigger, forMs: 100 }));
      return restarts ? [cut, ...crashes] : [cut];
    });
}

/** What one component asks for is done for a while, and it is told of none of it; then it is restarted. */
function answersLost(topology: Topology): Scene {
  const servers = apiServerAddresses(topology);
  return fc
    .record({
      client: fc.constantFrom(...clientsOf(topology)),
      atMs: fc.integer({ min: 2_000, max: workloadMsMax }),
      forMs: fc.integer({ min: 200, max: 4_000 }),
      downMs: fc.integer({ min: 20, max: 1_000 }),
      restarts: fc.boolean(),
    })
    .map(({ client, atMs, forMs, downMs, restarts }) => {
      const parameters = { from: servers, to: [client], oneWay: true, probability: 1 };
      const lost: Fault = { kind: "lostAnswer", parameters, trigger: { atMs }, forMs };
      const crash: Fault = {
        kind: "crash",
        parameters: { actor: client },
        trigger: { atMs: atMs + forMs - 10 },
        forMs: downMs,
      };
      return restarts ? [lost, crash] : [lost];
    });
}

/** All that reach the cluster through its API. */
function clientsOf({ nodes, managers = 1, schedulers = 1 }: Topology): readonly string[] {
  return [
    ...Array.from({ length: managers }, (_each, index) => managerAddress(index)),
    ...Array.from({ length: schedulers }, (_each, index) => schedulerAddress(index)),
    ...Array.from({ length: nodes }, (_each, index) => kubeletAddress(index)),
  ];
}
