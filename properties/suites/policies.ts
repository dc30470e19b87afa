import { crashFreeRule } from "../engine/run.ts";
import type { Suite } from "../engine/suite.ts";
import { policiesPlaces, policiesRuns } from "./policies/arbitrary.ts";
import { policiesInvariants } from "./policies/rules.ts";
import type { PoliciesRun } from "./policies/run.ts";
import { smallerPoliciesRuns } from "./policies/smaller.ts";
import { performPolicies } from "./policies/stage.ts";
import { describeDeed } from "./scheduler/run.ts";

/** Nodes whose pods are kept apart by NetworkPolicies, before a modelled API. */
export const policies: Suite<PoliciesRun> = {
  name: "policies",
  summary:
    "kubelets and kube-proxies with their computers before a modelled API, held against what NetworkPolicies say",
  besides: 3,
  rules: [...policiesInvariants.map(({ name }) => name), crashFreeRule],
  runs: policiesRuns,
  perform: performPolicies,
  places: ({ nodes }) => policiesPlaces(nodes),
  smaller: smallerPoliciesRuns,
  introduce: ({ nodes, workload, lapses, faults, seed }) => [
    `${nodes} nodes, each a kubelet, a kube-proxy and a computer, before a modelled API; seed ${seed}`,
    `${workload.length} deeds: ${workload.map(describeDeed).join("; ")}`,
    `${lapses.length} lapses of watches and ${faults.length} faults planned`,
  ],
};
