import { freshLookRule } from "../engine/fresh_look.ts";
import { convergenceRule, crashFreeRule, quiescenceRule } from "../engine/run.ts";
import type { Suite } from "../engine/suite.ts";
import { describeCommand } from "../workload/command.ts";
import { controllerPlaces, controllerRuns } from "./controllers/arbitrary.ts";
import { patienceRule, vainRule } from "./controllers/fruitless.ts";
import { controllersInvariants } from "./controllers/rules.ts";
import { type ControllersRun, loopsFor } from "./controllers/run.ts";
import { smallerControllerRuns } from "./controllers/smaller.ts";
import { performControllers } from "./controllers/stage.ts";
import { endlessRule } from "./model/endless.ts";

/** Control loops before a modelled API, by the rules of whole clusters. */
export const controllers: Suite<ControllersRun> = {
  name: "controllers",
  summary: "control loops before a modelled API, on nodes that are played there",
  besides: 8,
  rules: [
    ...controllersInvariants.map(({ name }) => name),
    endlessRule,
    vainRule,
    patienceRule,
    convergenceRule,
    quiescenceRule,
    freshLookRule,
    crashFreeRule,
  ],
  runs: controllerRuns,
  perform: performControllers,
  places: ({ workload }) => controllerPlaces(workload),
  smaller: smallerControllerRuns,
  introduce: ({ workload, topology, faults, seed }) => [
    `The loops ${loopsFor(workload).join(", ")} before a modelled API with ${topology.nodes} nodes; seed ${seed}`,
    `${workload.length} commands: ${workload.map(describeCommand).join("; ")}`,
    `${faults.length} faults planned`,
  ],
};
