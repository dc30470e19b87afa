import type { Process } from "./process.ts";

/** A process as others see it. */
export type SeenProcess = Pick<Process, "pid" | "parent" | "user" | "argv">;

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

const pause: SeenProcess = { pid: 1, parent: undefined, user: { uid: 65_535, gid: 65_535 }, argv: ["/pause"] };

/** An empty space; with `hasInit` the pause container's process is in it. */
export function processSpace({ hasInit = false } = {}): ProcessSpace {
  const members = new Set<Member>();
  let pids = hasInit ? pause.pid : 0;
  return {
    hasInit,
    next: () => ++pids,
    join: (member) => void members.add(member),
    leave: (member) => void members.delete(member),
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
}
