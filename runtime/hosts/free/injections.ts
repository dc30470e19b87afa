import type { FaultEngine } from "../../faults/engine.ts";
import type { FaultAction } from "../../faults/fault.ts";
import type { Shards } from "./shards.ts";

/** Faults that last, in all workers of a host: also in those that start meanwhile. */
export interface Injections {
  /** Begins a fault now; the result ends it. */
  inject(fault: FaultAction): Promise<() => Promise<void>>;
  active(): readonly (readonly [id: number, fault: FaultAction])[];
  /** From now on no fault ends by itself: the host does. */
  close(): void;
}

/** Makes the injections of a host; `engine` is the main thread's: it holds, crashes and pauses. */
export function createInjections(engine: FaultEngine, shards: Shards): Injections {
  const active = new Map<number, FaultAction>();
  let [ids, isClosed] = [0, false];
  return {
    async inject({ forMs, ...lasting }) {
      const id = ++ids;
      const endHere = engine.begin(lasting);
      active.set(id, lasting);
      await Promise.all(shards.all().map((shard) => shard.ask((control) => control.beginFault(id, lasting))));
      let timer: NodeJS.Timeout | undefined;
      const end = async () => {
        clearTimeout(timer);
        if (!active.delete(id)) return;
        await Promise.all(shards.all().map((shard) => shard.ask((control) => control.endFault(id))));
        endHere();
      };
      if (forMs !== undefined && !isClosed) timer = setTimeout(end, forMs);
      return end;
    },
    active: () => [...active],
    close() {
      isClosed = true;
    },
  };
}
