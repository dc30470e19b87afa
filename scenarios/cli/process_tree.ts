import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process as the system lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
}

/** All that a process has started and that is still there, the nearest first; without itself. */
export function descendantsOf(pid: number): readonly number[] {
  const all = listed();
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; ) {
    const parents = new Set(level);
    level = all.filter(({ parent }) => parents.has(parent)).map((each) => each.pid);
    found.push(...level);
  }
  return found;
}

/** Signals a process and all that it has started; the result names them. Those that are gone are passed over. */
export function signalTree(pid: number, signal: NodeJS.Signals): readonly number[] {
  // Looked at before the first is told: what loses its parent is no longer found by it.
  const pids = [pid, ...descendantsOf(pid)];
  signalAll(pids, signal);
  return pids;
}

/** Signals processes; those that are gone are passed over. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const each of pids) {
    try {
      process.kill(each, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Those that still run; one that has ended and that nobody has asked about does not. */
export function running(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      return statOf(pid)?.[0] !== "Z";
    } catch {
      return false;
    }
  });
}

/** The group that a process is in, and the one that its terminal listens to; undefined where that is not told. */
export function groupsOf(pid: number): { readonly group: number; readonly foreground: number } | undefined {
  const [, , group, , , foreground] = statOf(pid) ?? [];
  return group === undefined ? undefined : { group: Number(group), foreground: Number(foreground) };
}

/** The parent of a process; undefined when it is gone, or where that is not told. */
export function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function listed(): readonly Listed[] {
  try {
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      const pid = Number(name);
      const parent = parentOf(pid);
      return parent === undefined ? [] : [{ pid, parent }];
    });
  } catch {
    // No such folder: not Linux.
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    return (stdout ?? "").split("\n").flatMap((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return pid && parent !== undefined ? [{ pid, parent }] : [];
    });
  }
}

/** What `/proc` tells of a process, from its state on: state, parent, group, session, terminal, foreground group. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name is before it, in parentheses, and may have any character.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
