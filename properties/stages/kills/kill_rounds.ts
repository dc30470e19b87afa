import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
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
}

/**
 * Runs a whole cluster as a process of its own, kills it by SIGKILL under load after a random number of acknowledged
 * writes, and starts it again, round after round: whatever it acknowledged must be there in every later life.
 *
 * @throws Error when a life does not come up
 */
export async function killRounds(options: KillRoundsOptions): Promise<KillRoundsReport> {
  const { dataDir, rounds, seed, writesMax = 300, onRound } = options;
  const random = randomFrom(seed);
  const acknowledged = new Set<string>();
  const lost = new Set<string>();
  for (let round = 0; round <= rounds; round++) {
    // The last life only tells what it finds.
    const killAfter = round === rounds ? 0 : 1 + random.int(writesMax);
    const { found, written } = await oneLife({ dataDir, round, killAfter });
    for (const name of acknowledged) if (!found.has(name)) lost.add(name);
    for (const name of written) acknowledged.add(name);
    onRound?.(`Round ${round}: found ${found.size}, acknowledged ${written.length}, lost ${lost.size} so far`);
  }
  return { acknowledged: acknowledged.size, lost: [...lost] };
}

interface Life {
  readonly dataDir: string;
  readonly round: number;
  /** So many acknowledged writes; 0 as soon as it serves. */
  readonly killAfter: number;
}

async function oneLife({ dataDir, round, killAfter }: Life) {
  const program = fileURLToPath(new URL("./kill_victim.ts", import.meta.url));
  const line = ["--import", "tsx", program, dataDir, `${round}`];
  const child = spawn(process.execPath, line, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = endOf(child);
  const found = new Set<string>();
  const written: string[] = [];
  let isServing = false;
  // What was told before it died is read to the end: all of it was acknowledged.
  for await (const told of createInterface({ input: child.stdout })) {
    const [word, name = ""] = told.split(" ");
    if (word === "found") found.add(name);
    if (word === "acknowledged") written.push(name);
    isServing ||= word === "serving";
    if (isServing && written.length >= killAfter) child.kill("SIGKILL");
  }
  await ended;
  if (!isServing) throw new Error(`Cannot kill a cluster in round ${round}: it did not come up in ${dataDir}`);
  return { found, written };
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}
