import fc from "fast-check";
import type { Topology, TopologyDefects } from "../../scenarios/topology.ts";
import type { RunDefinition } from "../run_definition.ts";
import type { Command } from "../workload/command.ts";
import { podCpuMillis } from "../workload/manifests.ts";
import { faultPlan } from "./fault_plan.ts";
import { serviceCommands } from "./services.ts";
import { topology } from "./topology.ts";
import { podsMaxOf, workload, workloadMsMax } from "./workload.ts";

/** What all runs of a campaign have in common. */
export interface RunDefinitionOptions {
  /** Deliberate defects, to see whether they are found. Default: none. */
  readonly defects?: TopologyDefects;
  /** Default: faults of every kind. */
  readonly withoutFaults?: boolean;
}

/** Faults go on a little longer than the work. */
const faultyMs = 4_000;

/** Random clusters with random work under random faults. */
export function runDefinition({
  defects,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<RunDefinition> {
  return fc.tuple(topology(), workload(), fc.boolean()).chain(([size, work, isTight]) => {
    const shape = { ...suited(size, work, isTight), ...(defects ? { defects } : {}) };
    return fc
      .record({
        seed: fc.nat(0xffff_ffff),
        topology: fc.constant(shape),
        workload: fc.constant(work),
        probes: fc.constantFrom("store" as const, "api" as const),
        faults: withoutFaults ? fc.constant([]) : faultPlan(shape),
        // Last, so that all else in a campaign's runs is as it was before there were Services.
        services: serviceCommands(),
        proxies: fc.boolean(),
      })
      .map(({ services, proxies, ...run }) => ({
        ...run,
        ...(services.length > 0 ? { workload: [...run.workload, ...services].sort((a, b) => a.atMs - b.atMs) } : {}),
        ...(proxies && services.length > 0 ? { topology: { ...run.topology, proxies } } : {}),
        healAtMs: workloadMsMax + faultyMs,
      }));
  });
}

/** A cluster that can do the work: with nodes just large enough, if it is to be `isTight`. */
function suited(shape: Topology, work: readonly Command[], isTight: boolean): Topology {
  const podsPerNode = Math.max(1, Math.ceil(podsMaxOf(work) / shape.nodes));
  const nodeCapacity = { cpu: `${podsPerNode * podCpuMillis}m` };
  // A node that was deleted shows itself again with its next report.
  const timings = { statusReportMs: 10_000 };
  const losesNodes = work.some(({ op }) => op === "deleteNode");
  return { ...shape, ...(isTight ? { nodeCapacity } : {}), ...(losesNodes ? { timings } : {}) };
}
