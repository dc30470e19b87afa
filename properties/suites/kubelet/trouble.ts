import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import { type KubeletRun, kubeletAddress } from "./run.ts";

/** Who was restarted, or stood still, needs so long until all is as before. */
const restartMs = 4_000;
/** Whose question to the API was lost waits for so long. */
const answerMs = 36_000;
/** A call that failed is made again within this; so is what the API refused. */
const failureMs = 34_000;
const refusalMs = 15_000;

/** What may keep a kubelet from doing in time what it has to. */
export interface Trouble {
  isTroubled(): boolean;
  /** When the last of it is over, as far as is known now. */
  overMs(): number;
  /** Whether the clock of a node's kubelet was ever wrong. */
  wasClockWrong(node: string): boolean;
  /** A call of the runtime has failed. */
  failed(): void;
}

/** Of a run's faults, lapses, refusals and failures. */
export function createTrouble(run: KubeletRun, simulation: Simulation): Trouble {
  const { faults, lapses } = run;
  let failedMs = Number.NEGATIVE_INFINITY;

  function overMs(): number {
    const nowMs = simulation.uptimeMs();
    const begunMs = simulation.faults.begunMs();
    const ends = faults.map((fault, index) => {
      const { forMs = Number.POSITIVE_INFINITY } = fault;
      const sinceMs = begunMs[index];
      return sinceMs === undefined ? 0 : Math.min(sinceMs + forMs, run.healAtMs) + recoveryOf(fault);
    });
    const lapsed = lapses.map(({ atMs }) => (atMs <= nowMs ? atMs + restartMs : 0));
    const { refused = [] } = (simulation.dataOf(modelApiAddress) as ModelApiData | undefined) ?? {};
    return Math.max(
      0,
      failedMs + failureMs,
      (refused.at(-1) ?? Number.NEGATIVE_INFINITY) + refusalMs,
      ...ends,
      ...lapsed,
    );
  }

  return {
    overMs,
    isTroubled: () => simulation.uptimeMs() < overMs(),
    wasClockWrong(node) {
      const begunMs = simulation.faults.begunMs();
      const isItsOwn = ({ kind, parameters }: Fault) =>
        kind === "clockSkew" &&
        (parameters as { readonly actors: readonly string[] }).actors.includes(kubeletAddress(node));
      return faults.some((fault, index) => begunMs[index] !== undefined && isItsOwn(fault));
    },
    failed: () => {
      failedMs = simulation.uptimeMs();
    },
  };
}

function recoveryOf({ kind }: Fault): number {
  const isOfOne = kind === "crash" || kind === "pause" || kind === "clockSkew" || kind === "slowDevice";
  return isOfOne ? restartMs : answerMs;
}
