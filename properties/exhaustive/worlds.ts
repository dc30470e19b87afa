import { type Exploration, explore } from "./explore.ts";
import { informerAndServers } from "./informer_and_servers.ts";
import { kubeletRestarts } from "./kubelet_restarts.ts";
import { loopAndMirrors } from "./loop_and_mirrors.ts";
import { raftOfThree } from "./raft_of_three.ts";

/** A small world that can be tried as a whole, with its bounds in words. */
export interface NamedWorld {
  readonly name: string;
  readonly bounds: string;
  explore(statesMax: number): Exploration;
}

const rafts = [
  { timeouts: 2, crashes: 0, proposals: 0 },
  { timeouts: 1, crashes: 1, proposals: 0 },
  { timeouts: 1, crashes: 0, proposals: 1 },
  { timeouts: 1, crashes: 1, proposals: 1 },
] as const;

const informers = [
  { writes: 2, breaks: 1, compactions: 0 },
  { writes: 2, breaks: 1, compactions: 1 },
  { writes: 3, breaks: 2, compactions: 1 },
] as const;

const kubelets = [
  { crashes: 1, pod: "plain" },
  { crashes: 1, pod: "job" },
  { crashes: 1, pod: "init and sidecar" },
  { crashes: 2, pod: "job" },
] as const;

const calm = { moves: 0, refused: 0, lost: 0, crashes: 0 };
const loops = (["ReplicaSet", "Job", "Deployment", "StatefulSet"] as const).flatMap((of) => [
  { ...calm, of, refused: 1 },
  { ...calm, of, lost: 1 },
  { ...calm, of, crashes: 1 },
  { ...calm, of, moves: 1 },
  ...(of === "Deployment" || of === "StatefulSet"
    ? []
    : [
        { ...calm, of, moves: 1, refused: 1 },
        { ...calm, of, moves: 1, lost: 1 },
      ]),
]);

/** All small worlds, of each sort the smallest first. */
export const smallWorlds: readonly NamedWorld[] = [
  ...rafts.map((bounds) => ({
    name: "raft",
    bounds: `three replicas, ${bounds.timeouts} timeouts, ${bounds.crashes} crashes, ${bounds.proposals} commands`,
    explore: (statesMax: number) => explore(raftOfThree(bounds), { statesMax }),
  })),
  ...informers.map((bounds) => ({
    name: "informer",
    bounds: `an informer and two servers, one of which lags, ${bounds.writes} writes, ${bounds.breaks} broken watches, ${bounds.compactions} compactions`,
    explore: (statesMax: number) => explore(informerAndServers(bounds), { statesMax }),
  })),
  ...kubelets.map((bounds) => ({
    name: "kubelet",
    bounds: `a kubelet with a pod (${bounds.pod}), ${bounds.crashes} ends of it, each after any of its steps`,
    explore: (statesMax: number) => explore(kubeletRestarts(bounds), { statesMax }),
  })),
  ...loops.map((bounds) => ({
    name: "loop",
    bounds: `a ${bounds.of}'s loop, its mirrors and a server, ${bounds.moves} deeds of others, ${bounds.refused} refused, ${bounds.lost} unanswered requests, ${bounds.crashes} ends of it`,
    explore: (statesMax: number) => explore(loopAndMirrors(bounds), { statesMax }),
  })),
];
