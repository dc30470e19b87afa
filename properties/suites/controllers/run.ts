import type { Topology } from "../../../scenarios/cluster/topology.ts";
import type { SuiteRun } from "../../engine/suite.ts";
import type { Command } from "../../workload/command.ts";
import type { ModelLapse } from "../model/messages.ts";

/** A run of control loops before a modelled API, on nodes that are played there, as data. */
export interface ControllersRun extends SuiteRun {
  readonly suite: "controllers";
  /** How many nodes there are, and how images behave on them. */
  readonly topology: Topology;
  /** What a user does, in order of time. */
  readonly workload: readonly Command[];
  readonly lapses: readonly ModelLapse[];
  /** How long a pod that has a node takes to end. */
  readonly endMs: number;
  /** What time it is when the run begins. Default: as in all simulations. */
  readonly startMs?: number;
}

/** The loops that somebody needs who does this; the others have nothing to do. */
export function loopsFor(workload: readonly Command[]): readonly string[] {
  return [...new Set(workload.flatMap(loopsOf))].sort();
}

function loopsOf(command: Command): readonly string[] {
  switch (command.op) {
    case "create":
      return ["deployment", "replica-set"];
    case "createService":
      return ["endpoint-slice", "endpoints"];
    case "createSet":
      return [command.set === "StatefulSet" ? "stateful-set" : "daemon-set"];
    case "make":
      return loopsOfKind[command.kind] ?? [];
    default:
      return [];
  }
}

const loopsOfKind: Readonly<Record<string, readonly string[]>> = {
  HorizontalPodAutoscaler: ["horizontal-pod-autoscaler"],
  CronJob: ["cron-job", "job"],
  Job: ["job", "ttl-after-finished"],
  PodDisruptionBudget: ["disruption"],
  ReplicationController: ["replication-controller"],
};
