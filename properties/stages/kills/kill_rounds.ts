import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundlePrograms } from "../../../runtime/build/program_bundle.ts";
import { randomFrom } from "../../../runtime/core/random.ts";

/** How a cluster is killed again and again. */
export interface KillRoundsOptions {
  /** An empty data directory. */
  readonly dataDir: string;
  readonly rounds: number;
  readonly seed: number;
  /** Each life ends at the latest so many acknowledged writes after it began to serve. Default 300. */
  readonly writesMax?: number;
  readonly onRound?: (told: string) => void;
}

/** What came of it. */
export interface KillRoundsReport {
  readonly acknowledged: number;
  /** Acknowledged, and not found by a later life. */
  readonly lost: readonly string[];
  /** Found more than once, by one life. */
  readonly doubled: readonly string[];
  /** Lives that began below a revision that was acknowledged before, or acknowledged one that is not above it. */
  readonly wentBack: readonly string[];
  /** Until each life after the first served by HTTPS, from the beginning of its process, the shortest first. */
  readonly startsMs: readonly number[];
  /** What processors worked meanwhile. */
  readonly startsCpuMs: readonly number[];
}

/**
 * Runs a whole cluster as a process of its own, kills it by SIGKILL under load after a random number of acknowledged
 * writes, and starts it again, round after round: whatever it acknowledged must be there in every later life.
 *
 * @throws Error when a life does not come up
 */
export async function killRounds(options: KillRoundsOptions): Promise<KillRoundsReport> {
  const { dataDir, rounds, seed, writesMax = 300, onRound } = options;
  // Bundled, as the command is: a TypeScript loader would take most of each start for itself.
  const { fileOf } = await bundlePrograms([victim]);
  const program = fileOf(victim);
  const random = randomFrom(seed);
  const acknowledged = new Set<string>();
  const [lost, doubled] = [new Set<string>(), new Set<string>()];
  const wentBack: string[] = [];
  const startsMs: number[] = [];
  const startsCpuMs: number[] = [];
  let revision = 0;
  for (let round = 0; round <= rounds; round++) {
    // The last life only tells what it finds.
    const killAfter = round === rounds ? 0 : 1 + random.int(writesMax);
    const life = await oneLife({ program, dataDir, round, killAfter });
    const { found, written } = life;
    for (const name of life.doubled) doubled.add(name);
    if (life.revision < revision)
      wentBack.push(`round ${round} begins with ${life.revision}, ${revision} was told before`);
    for (const each of written.values()) {
      if (each <= life.revision) wentBack.push(`round ${round} acknowledges ${each}, it began with ${life.revision}`);
      revision = Math.max(revision, each);
    }
    if (round > 0) {
      startsMs.push(life.startMs);
      startsCpuMs.push(life.startCpuMs);
    }
    for (const name of acknowledged) if (!found.has(name)) lost.add(name);
    for (const name of written.keys()) acknowledged.add(name);
    const counts = `found ${found.size}, acknowledged ${written.size}, lost ${lost.size} so far`;
    onRound?.(`Round ${round}: ${counts}, serving after ${life.startMs} ms at revision ${life.revision}`);
  }
  for (const each of [startsMs, startsCpuMs]) each.sort((a, b) => a - b);
  return { acknowledged: acknowledged.size, lost: [...lost], doubled: [...doubled], wentBack, startsMs, startsCpuMs };
}

const victim = fileURLToPath(new URL("./kill_victim.ts", import.meta.url));

interface Life {
  readonly program: string;
  readonly dataDir: string;
  readonly round: number;
  /** So many acknowledged writes; 0 as soon as it serves. */
  readonly killAfter: number;
}

async function oneLife({ program, dataDir, round, killAfter }: Life) {
  const child = spawn(process.execPath, [program, dataDir, `${round}`], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = endOf(child);
  const found = new Set<string>();
  const doubled: string[] = [];
  /** The revisions of what was acknowledged. */
  const written = new Map<string, number>();
  let [isServing, revision, startMs, startCpuMs] = [false, 0, 0, 0];
  // What was told before it died is read to the end: all of it was acknowledged.
  for await (const told of createInterface({ input: child.stdout })) {
    const [word, name = "", number = "", cpuMs = ""] = told.split(" ");
    if (word === "found" && found.has(name)) doubled.push(name);
    if (word === "found") found.add(name);
    if (word === "acknowledged") written.set(name, Number(number));
    if (word === "serving")
      [isServing, revision, startMs, startCpuMs] = [true, Number(name), Number(number), Number(cpuMs)];
    if (isServing && written.size >= killAfter) child.kill("SIGKILL");
  }
  await ended;
  if (!isServing) throw new Error(`Cannot kill a cluster in round ${round}: it did not come up in ${dataDir}`);
  return { found, doubled, written, revision, startMs, startCpuMs };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}
