import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Probe } from "../../api/types.ts";
import { callOff } from "../../kit/alarms.ts";
import type { ContainerRecord, ProbeKind } from "../pod/pod_record.ts";

/** A startup or liveness probe has failed often enough: the container is to be killed. */
export type OnFailure = (kind: "startup" | "liveness", step: Step) => void;

/** What those who probe need beside the container. */
export interface ProbeOptions {
  readonly step: Step;
  readonly onFailure: OnFailure;
}

/** One probe of a container that is begun. */
export interface ProbeStart extends ProbeOptions {
  readonly kind: ProbeKind;
  readonly probe: Frozen<Probe>;
  /** The startup probe has passed. */
  readonly onStarted: (step: Step) => void;
}

/** What a probe found. */
export interface Finding {
  /** `warning` is a success that deserves a word; `unknown` is a probe that could not be made. */
  readonly result: "success" | "warning" | "failure" | "unknown";
  readonly text: string;
}

/** What is done with it. */
export type ThenFinding = (finding: Finding, step: Step) => void;

const kinds: readonly ProbeKind[] = ["startup", "readiness", "liveness"];

/** The container does not run any more: nothing is probed. */
export function stopProbes(container: ContainerRecord): void {
  for (const kind of kinds) stopProbe(container, kind);
}

/** The container is being stopped: nobody asks any more whether it has started or lives, but still whether it is ready. */
export function stopAllButReadiness(container: ContainerRecord): void {
  stopProbe(container, "startup");
  stopProbe(container, "liveness");
}

function stopProbe({ probes }: ContainerRecord, kind: ProbeKind): void {
  const deadline = probes[kind];
  callOff(deadline);
  delete probes[kind];
}
