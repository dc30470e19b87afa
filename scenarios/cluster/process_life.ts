import { readFile } from "node:fs/promises";

/**
 * What tells a process from all others that had or will have its number: when it began, as the kernel has it. Empty
 * where the system does not say (it has no `/proc`): there a number that was given again passes for who had it first.
 * Undefined for a process that is over, also for one whose parent has not noticed.
 */
export async function processLife(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0 || !isThere(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return isThere(pid) ? "" : undefined;
  // Field 3 is the state and field 22 the time of its start; field 2, the name in brackets, can hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", start = ""] = [fields[0], fields[19]];
  return state === "Z" || state === "X" ? undefined : start;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
