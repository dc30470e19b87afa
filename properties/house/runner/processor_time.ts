import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Looks at what processes of tests cost. */
export interface ProcessorTimes {
  /** What a process is started with to be looked at. */
  readonly execArgv: readonly string[];
  /** The seconds of each process that has ended, by what it ran: its own, and those of the processes that it started. */
  read(): Promise<ReadonlyMap<string, number>>;
}

/** What each process runs first. Linux tells the hundredths of seconds, and has no other unit there. */
const probe = (log: string) => `
const { appendFileSync, readFileSync } = require("node:fs");
if (require("node:worker_threads").isMainThread) process.on("exit", () => {
  const fields = readFileSync("/proc/self/stat", "latin1").replace(/^.*\\) /, "").split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  appendFileSync(${JSON.stringify(log)}, JSON.stringify([process.argv[1], ticks / 100]) + "\\n");
});
`;

/** Prepares the look, in a folder that is there. */
export async function processorTimes(folder: string): Promise<ProcessorTimes> {
  const [log, path] = [join(folder, "processor_times"), join(folder, "processor_time.cjs")];
  await writeFile(log, "");
  await writeFile(path, probe(log));
  return {
    execArgv: ["--require", path],
    async read() {
      const lines = (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
      return new Map(lines.map((line) => JSON.parse(line) as [string, number]));
    },
  };
}

/** The seconds of processes and of all, those first that take the most. */
export function timesText(seconds: ReadonlyMap<string, number>): string {
  const rows = [...seconds].toSorted(([, a], [, b]) => b - a);
  const sum = rows.reduce((total, [, each]) => total + each, 0);
  return [...rows, [`all ${rows.length} processes`, sum] as const]
    .map(([name, each]) => `${each.toFixed(2).padStart(9)} s  ${name}`)
    .join("\n");
}
