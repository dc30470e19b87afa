import type { Process } from "./process.ts";

/** A process as others see it. */
export type SeenProcess = Pick<Process, "pid" | "parent" | "user" | "argv" | "startedMs" | "heldBytes">;

/** Whose processes it numbers. */
interface Member {
  readonly processes: ReadonlyMap<number, Process>;
}

/** The numbers of processes that see each other: those of one container, or of several. */
export interface ProcessSpace {
  /** Its process 1 is none of a container's: signals end a container's first process as any other. */
  readonly hasInit: boolean;
  next(): number;
  join(member: Member): void;
  leave(member: Member): void;
  find(pid: number): Process | undefined;
  /** In the order of their numbers. */
  all(): SeenProcess[];
}

const pause: SeenProcess = {
  ...{ pid: 1, parent: undefined, user: { uid: 65_535, gid: 65_535 }, argv: ["/pause"], startedMs: 0, heldBytes: 0 },
};

/** What a space is made with. */
export interface SpaceOptions {
  /** The pause container's process is in it. Default false. */
  readonly hasInit?: boolean;
  /** Where it is noted for as long as there are processes in it. Default: nowhere. */
  readonly inUse?: Set<ProcessSpace>;
}

/** An empty space. */
export function processSpace({ hasInit = false, inUse }: SpaceOptions = {}): ProcessSpace {
  const members = new Set<Member>();
  let pids = hasInit ? pause.pid : 0;
  const space: ProcessSpace = {
    hasInit,
    next: () => ++pids,
    join(member) {
      members.add(member);
      inUse?.add(space);
    },
    leave(member) {
      members.delete(member);
      if (members.size === 0) inUse?.delete(space);
    },
    find(pid) {
      for (const { processes } of members) {
        const found = processes.get(pid);
        if (found) return found;
      }
      return undefined;
    },
    all() {
      const own = [...members].flatMap(({ processes }) => [...processes.values()]);
      return [...(hasInit ? [pause] : []), ...own.sort((a, b) => a.pid - b.pid)];
    },
  };
  return space;
}

const init: SeenProcess = { ...pause, user: { uid: 0, gid: 0 }, argv: ["/sbin/init"] };

/** The computer's own space: whoever is in it sees the processes of all others, too, by numbers of their own. */
export function hostSpace(others: Iterable<ProcessSpace>): ProcessSpace {
  const own = processSpace({ hasInit: true });
  const numbers = new WeakMap<object, number>();

  function numberOf(space: ProcessSpace, { pid }: SeenProcess): number | undefined {
    const process = space.find(pid);
    if (!process) return undefined;
    const number = numbers.get(process) ?? own.next();
    numbers.set(process, number);
    return number;
  }

  function* foreign(): Generator<readonly [number: number, space: ProcessSpace, seen: SeenProcess]> {
    for (const space of others) {
      for (const seen of space.all()) {
        const number = numberOf(space, seen);
        if (number !== undefined) yield [number, space, seen];
      }
    }
  }

  return {
    ...own,
    find(pid) {
      const found = own.find(pid);
      if (found) return found;
      for (const [number, space, seen] of foreign()) if (number === pid) return space.find(seen.pid);
      return undefined;
    },
    all() {
      const seen = [...foreign()].map(([pid, , { user, argv, parent, startedMs, heldBytes }]) => ({
        ...{ pid, parent, user, argv, startedMs, heldBytes },
      }));
      return [init, ...own.all().slice(1), ...seen].sort((a, b) => a.pid - b.pid);
    },
  };
}
