import type { Suite } from "../engine/suite.ts";
import { kubeletPlaces, kubeletRuns } from "./kubelet/arbitrary.ts";
import { kubeletRules } from "./kubelet/judge.ts";
import { describeManifest } from "./kubelet/manifests.ts";
import type { KubeletRun } from "./kubelet/run.ts";
import { smallerKubeletRuns } from "./kubelet/smaller.ts";
import { performKubelet } from "./kubelet/stage.ts";
import { describeDeed } from "./scheduler/run.ts";

/** Kubelets with their computers before a modelled API: what they tell and do is held against what runs there. */
export const kubelet: Suite<KubeletRun> = {
  name: "kubelet",
  summary: "kubelets with their computers before a modelled API, held against what runs there",
  // An eighth of what a mixed campaign performs, by time: a run of these costs a third more than one of the loops'.
  besides: 5,
  rules: Object.values(kubeletRules),
  runs: kubeletRuns,
  perform: performKubelet,
  places: ({ nodes }) => kubeletPlaces(nodes),
  smaller: smallerKubeletRuns,
  introduce: ({ nodes, workload, lapses, refusals, failures, faults, seed, manifests = [] }) => [
    `${nodes} kubelets with their computers before a modelled API; seed ${seed}`,
    `${workload.length} deeds: ${workload.map(describeDeed).join("; ")}`,
    `${manifests.length} changes of manifests: ${manifests.map(describeManifest).join("; ")}`,
    `${lapses.length} lapses of watches, ${refusals.length} refused requests, ${failures.length} failed calls and ${faults.length} faults planned`,
  ],
};
