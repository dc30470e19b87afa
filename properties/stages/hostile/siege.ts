import { once, setMaxListeners } from "node:events";
import { Worker } from "node:worker_threads";
import { bundledProgram } from "../bundled_program.ts";
import type { Attack } from "./attack.ts";
import { type Fare, quantile } from "./good_client.ts";
import type { Target } from "./target.ts";
import type { Victim } from "./victim.ts";

/** What came of one attack. */
export interface Outcome {
  readonly name: string;
  readonly who: Attack["who"] | "nobody";
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What the good client was not answered as it should have been. */
  readonly wrong: readonly string[];
  readonly isAlive: boolean;
  /** Memory of the victim's process: the most seen, and after the attack. */
  readonly mostBytes: number;
  readonly afterBytes: number;
}

/** How long things last. */
export interface SiegeOptions {
  readonly attackMs: number;
  /** Between an attack and the look at what memory it left. */
  readonly recoverMs: number;
  onOutcome?(outcome: Outcome): void;
}

const lookEveryMs = 100;

/** Lays siege to a cluster: a quiet while for comparison, then one attack after the other, with a good client beside. */
export async function laySiege(
  victim: Victim,
  attacks: readonly Attack[],
  { attackMs, recoverMs, onOutcome }: SiegeOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  await using good = await startGoodClient(victim.target);
  const besieged = { victim, good };
  const quiet: Attack = { name: "nobody attacks", who: "stranger", run: async () => {} };
  // The first look is at a cluster whose code is warm.
  await endure(besieged, quiet, { attackMs, recoverMs: 0 });
  for (const attack of [quiet, ...attacks]) {
    const outcome = await endure(besieged, attack, { attackMs, recoverMs });
    outcomes.push(attack === quiet ? { ...outcome, who: "nobody" } : outcome);
    onOutcome?.(outcome);
    if (!outcome.isAlive) break;
  }
  return outcomes;
}

/** A cluster, and who uses it. */
interface Besieged {
  readonly victim: Victim;
  readonly good: GoodClient;
}

async function endure(
  { victim, good }: Besieged,
  attack: Attack,
  { attackMs, recoverMs }: SiegeOptions,
): Promise<Outcome> {
  const { target } = victim;
  const over = new AbortController();
  let mostBytes = 0;
  const looking = setInterval(async () => {
    mostBytes = Math.max(mostBytes, await victim.residentBytes());
  }, lookEveryMs);
  setMaxListeners(Number.POSITIVE_INFINITY, over.signal);
  good.start();
  const attacking = attack.run({ target, signal: over.signal });
  await waitMs(attackMs);
  over.abort();
  const [{ tookMs, wrong }] = await Promise.all([good.stop(), attacking]);
  await waitMs(recoverMs);
  clearInterval(looking);
  return {
    name: attack.name,
    who: attack.who,
    requests: tookMs.length,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    wrong,
    isAlive: victim.isAlive(),
    mostBytes,
    afterBytes: await victim.residentBytes(),
  };
}

interface GoodClient extends AsyncDisposable {
  start(): void;
  /** Lets it finish its round. */
  stop(): Promise<Fare>;
}

async function startGoodClient(target: Target): Promise<GoodClient> {
  const program = await bundledProgram(new URL("./good_client_worker.ts", import.meta.url));
  const worker = new Worker(program, { workerData: target });
  await once(worker, "message");
  return {
    start: () => worker.postMessage("start"),
    async stop() {
      const told = once(worker, "message");
      worker.postMessage("stop");
      const [fare] = await told;
      return fare;
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

function waitMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const mebibyte = 1024 * 1024;

/** The outcomes as a table for people; latencies beside the quiet ones. */
export function siegeTable(outcomes: readonly Outcome[]): string {
  const [quiet] = outcomes;
  const header = ["attack", "by", "requests", "p50 ms", "p99 ms", "p99 x", "memory MiB: most", "after", "wrong"];
  const rows = outcomes.map((each) => [
    each.name,
    each.who,
    String(each.requests),
    each.p50Ms.toFixed(1),
    each.p99Ms.toFixed(1),
    (each.p99Ms / (quiet?.p99Ms || 1)).toFixed(1),
    String(Math.round(each.mostBytes / mebibyte)),
    String(Math.round(each.afterBytes / mebibyte)),
    each.isAlive ? summary(each.wrong) : "IT DIED",
  ]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function summary(wrong: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const each of wrong) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} x ${what}`).join(", ");
}
