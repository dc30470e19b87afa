import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../runtime/mod.ts";

/** One thing that a run came to: a phase of a kind of actor, a way between two, or a phase met by a kind of fault. */
export type Reached =
  | `state ${string} ${string}`
  | `move ${string} ${string} > ${string}`
  | `fault ${string} ${string} ${string}`;

/** Notes what a run comes to. */
export interface Coverage {
  /** Watches a run from its beginning; it changes nothing. */
  begin(simulation: Simulation): void;
  /** In order of text. */
  reached(): readonly Reached[];
}

/** Nothing is reached yet. */
export function createCoverage(): Coverage {
  const all = new Set<Reached>();
  return {
    begin(simulation) {
      const last = new Map<Address, string>();
      simulation.onStep((address) => {
        const { kind = "", phase = "" } = simulation.report(address) ?? {};
        if (phase === "") return;
        const before = last.get(address);
        if (before !== phase) {
          last.set(address, phase);
          all.add(`state ${kind} ${phase}`);
          if (before !== undefined) all.add(`move ${kind} ${before} > ${phase}`);
        }
        if (!simulation.faults.active()) return;
        for (const fault of simulation.faults.activeKinds()) all.add(`fault ${fault} ${kind} ${phase}`);
      });
    },
    reached: () => [...all].sort(),
  };
}
