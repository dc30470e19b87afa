import { freshLookRule } from "../engine/fresh_look.ts";
import { crashFreeRule } from "../engine/run.ts";
import type { Suite } from "../engine/suite.ts";
import { endlessRule } from "./model/endless.ts";
import { nodesPlaces, nodesRuns } from "./nodes/arbitrary.ts";
import { nodesRules } from "./nodes/judge.ts";
import { describeSpell, type NodesRun } from "./nodes/run.ts";
import { smallerNodesRuns } from "./nodes/smaller.ts";
import { nodesInvariants, performNodes } from "./nodes/stage.ts";

/** The loops that look after nodes, before a modelled API. */
export const nodes: Suite<NodesRun> = {
  name: "nodes",
  summary: "the loops that look after nodes before a modelled API, of which kubelets say how they are, or nothing",
  besides: 2,
  rules: [
    ...new Set([
      ...Object.values(nodesRules),
      ...nodesInvariants.map(({ name }) => name),
      endlessRule,
      freshLookRule,
      crashFreeRule,
    ]),
  ],
  runs: nodesRuns,
  perform: performNodes,
  places: () => nodesPlaces,
  smaller: smallerNodesRuns,
  introduce: ({ zones, pods, workload, lapses, faults, seed }) => [
    `${zones.length} nodes with ${pods.length} pods, and the loops that look after them, before a modelled API; seed ${seed}`,
    `${workload.length} spells: ${workload.map(describeSpell).join("; ")}`,
    `${lapses.length} lapses of watches and ${faults.length} faults planned`,
  ],
};
