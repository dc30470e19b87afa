import type { SuiteRun } from "../../engine/suite.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";

/** A run of schedulers before a modelled API, with nodes and pods that are nothing but objects, as data. */
export interface SchedulerRun extends SuiteRun {
  readonly suite: "scheduler";
  readonly workload: readonly ModelDeed[];
  readonly lapses: readonly ModelLapse[];
  /** How many there are; one leads. */
  readonly schedulers: number;
  /** How long a pod that has a node takes to end. */
  readonly endMs: number;
}

/** A deed in words. */
export function describeDeed(deed: ModelDeed): string {
  const name = deed.op === "put" ? deed.object.metadata.name : deed.name;
  const what = deed.op === "merge" ? ` ${JSON.stringify(deed.patch)}` : "";
  return `at ${deed.atMs} ms: ${deed.op} ${deed.resource} ${name}${what}`;
}
