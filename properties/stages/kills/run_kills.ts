import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killRounds } from "./kill_rounds.ts";

// `npm run kills -- ROUNDS SEED`: kills a whole cluster by SIGKILL under load, and looks for what it acknowledged.
const [rounds = 30, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const dataDir = await mkdtemp(join(tmpdir(), "kubetroupe-kills-"));
process.stdout.write(`${rounds} rounds with seed ${seed} in ${dataDir}\n`);
const { acknowledged, lost, doubled, wentBack, startsMs, startsCpuMs } = await killRounds({
  ...{ dataDir, rounds, seed },
  onRound: (told) => process.stdout.write(`${told}\n`),
});
process.stdout.write(`${acknowledged} writes acknowledged, ${lost.length} lost: ${lost.join(" ") || "none"}\n`);
process.stdout.write(
  `${doubled.length} doubled, revisions went back ${wentBack.length} times ${wentBack.join("; ")}\n`,
);
for (const [what, figures] of [
  ["", startsMs],
  [" of processors' work", startsCpuMs],
] as const) {
  const at = (share: number) => figures[Math.min(figures.length - 1, Math.floor(share * figures.length))] ?? 0;
  process.stdout.write(`Serving again after ${at(0.5)} ms${what} (median), at most ${at(1)} ms\n`);
}
if (lost.length + doubled.length + wentBack.length === 0) await rm(dataDir, { recursive: true });
else process.exitCode = 1;
