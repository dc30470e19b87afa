import type { ApiRequest, ApiResponse } from "../../actors/apiserver/messages.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Address, Message } from "../../runtime/mod.ts";

/**
 * One thing that a run came to: a phase of a kind of actor, a way between two, an event taken in a phase, or a phase met
 * by a kind of fault.
 */
export type Reached =
  | `state ${string} ${string}`
  | `move ${string} ${string} > ${string}`
  /** With what is asked of a resource, or how it was answered. */
  | `take ${string} ${string} ${string}`
  | `fault ${string} ${string} ${string}`;

/** How often an actor took events of a type, or entered a phase, and when: what a trigger can wait for. */
export type Moment = {
  readonly actor: Address;
  readonly times: number;
  /** The first time and the last, in virtual milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
} & ({ readonly event: string } | { readonly phase: string });

/** Notes what a run comes to. */
export interface Coverage {
  /** Watches a run from its beginning; it changes nothing. */
  begin(simulation: Simulation): void;
  /** In order of text. */
  reached(): readonly Reached[];
  /** In the order in which they came first. */
  moments(): readonly Moment[];
}

interface Times {
  times: number;
  readonly firstMs: number;
  lastMs: number;
}

/** What was seen of one actor. */
interface Seen {
  readonly kind: string;
  phase: string;
  readonly taken: Map<string, Times>;
  readonly entered: Map<string, Times>;
  /** What is known of the phase that it is in: events taken, kinds of faults met. */
  here: Set<string>;
  readonly everywhere: Map<string, Set<string>>;
}

/** Nothing is reached yet. */
export function createCoverage(): Coverage {
  const all = new Set<Reached>();
  const actors = new Map<Address, Seen>();
  return {
    begin(simulation) {
      const { faults } = simulation;
      simulation.onStep((address, event, phase) => {
        const seen = actors.get(address) ?? meet(simulation, address);
        count(seen.taken, event.type, Math.floor(simulation.uptimeMs()));
        if (phase === "") return;
        if (seen.phase !== phase) enter(seen, phase, Math.floor(simulation.uptimeMs()));
        note(seen, described(event), "take");
        if (!faults.active()) return;
        for (const fault of faults.activeKinds()) note(seen, fault, "fault");
      });
    },
    reached: () => [...all].sort(),
    moments: () => [...actors].flatMap(([actor, seen]) => momentsOf(actor, seen)),
  };

  function meet(simulation: Simulation, address: Address): Seen {
    const { kind = "" } = simulation.report(address) ?? {};
    const seen = {
      kind,
      phase: "",
      taken: new Map(),
      entered: new Map(),
      here: new Set<string>(),
      everywhere: new Map(),
    };
    actors.set(address, seen);
    return seen;
  }

  function enter(seen: Seen, phase: string, atMs: number) {
    all.add(`state ${seen.kind} ${phase}`);
    if (seen.phase !== "") {
      all.add(`move ${seen.kind} ${seen.phase} > ${phase}`);
      count(seen.entered, phase, atMs);
    }
    seen.phase = phase;
    seen.here = seen.everywhere.get(phase) ?? new Set();
    seen.everywhere.set(phase, seen.here);
  }

  /** Hardly ever is it new. */
  function note({ kind, phase, here }: Seen, what: string, sort: "take" | "fault") {
    const name = sort === "take" ? what : `!${what}`;
    if (here.has(name)) return;
    here.add(name);
    all.add(sort === "take" ? `take ${kind} ${phase} ${what}` : `fault ${what} ${kind} ${phase}`);
  }
}

function count(counts: Map<string, Times>, key: string, atMs: number) {
  const known = counts.get(key);
  if (!known) return void counts.set(key, { times: 1, firstMs: atMs, lastMs: atMs });
  known.times++;
  known.lastMs = atMs;
}

function momentsOf(actor: Address, { taken, entered }: Seen): readonly Moment[] {
  return [
    ...[...taken].map(([event, times]) => ({ actor, event, ...times })),
    ...[...entered].map(([phase, times]) => ({ actor, phase, ...times })),
  ];
}

/** What kind of event it is. */
function described({ type, body }: Message & { readonly body?: object }): string {
  const { verb = "", resource = "", subresource = "", code } = (body ?? {}) as Partial<ApiRequest & ApiResponse>;
  if (type === "api.request") return `${verb} ${resource}${subresource === "" ? "" : `/${subresource}`}`;
  return code === undefined ? type : `${type} ${code}`;
}
