import { freshLookRule } from "../engine/fresh_look.ts";
import { crashFreeRule } from "../engine/run.ts";
import type { Suite } from "../engine/suite.ts";
import { describeDeed } from "./scheduler/run.ts";
import { servicesPlaces, servicesRuns } from "./services/arbitrary.ts";
import { servicesInvariants } from "./services/rules.ts";
import type { ServicesRun } from "./services/run.ts";
import { smallerServicesRuns } from "./services/smaller.ts";
import { performServices } from "./services/stage.ts";

/** Kube-proxies with their computers, and a DNS server, before a modelled API. */
export const services: Suite<ServicesRun> = {
  name: "services",
  summary: "kube-proxies with their computers, and a DNS server, before a modelled API, held against what Services say",
  besides: 8,
  rules: [...servicesInvariants.map(({ name }) => name), freshLookRule, crashFreeRule],
  runs: servicesRuns,
  perform: performServices,
  places: ({ nodes }) => servicesPlaces(nodes),
  smaller: smallerServicesRuns,
  introduce: ({ nodes, workload, lapses, faults, seed }) => [
    `${nodes} kube-proxies with their computers, and a DNS server, before a modelled API; seed ${seed}`,
    `${workload.length} deeds: ${workload.map(describeDeed).join("; ")}`,
    `${lapses.length} lapses of watches and ${faults.length} faults planned`,
  ],
};
