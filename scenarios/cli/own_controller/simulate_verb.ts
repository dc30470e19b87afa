import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeFolder } from "../../cluster/make_folder.ts";
import { createDisplay } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { exitCodes, type Streams } from "../verb.ts";
import {
  controllerIn,
  runSimulatedTrials,
  type SimulatedTrialsResult,
  simulatedRunIn,
  simulatedText,
} from "./simulated_trials.ts";
import type { TrialSetting } from "./trial.ts";

/** What the command line says of a simulated controller. */
export interface SimulateOptions {
  readonly simulate: string;
  readonly runs: number;
  readonly seed?: number;
  readonly faults?: string;
  readonly out: string;
  readonly json?: true;
}

/** `troupe test-controller --simulate MODULE`; the result is the exit code. */
export async function simulateController(
  options: SimulateOptions,
  streams: Streams,
  given: TrialSetting,
): Promise<number> {
  const { runs, out, json } = options;
  const controller = await controllerIn(resolve(options.simulate));
  const again = options.faults === undefined ? undefined : await simulatedRunIn(options.faults);
  const seed = again?.seed ?? options.seed ?? randomInt(2 ** 31);
  await makeFolder(out);
  using interrupts = listenForInterrupts();
  const display = createDisplay(streams.stderr);
  const { setup, steps, conditions, nodes } = given;
  const result = await runSimulatedTrials({
    setting: { controller, seed, setup, steps, conditions, nodes },
    runs,
    signal: interrupts.signal,
    ...(again ? { plan: again.faults } : {}),
    onProgress({ done, of, found }) {
      const told = found === 0 ? "all converged" : `${found} findings`;
      display.set("runs", `${done} of ${of} runs in simulation, ${told}`, { isFinal: done === of || done % 20 === 0 });
    },
  });
  display.end();
  const files: string[] = [];
  for (const [index, finding] of result.findings.entries()) {
    const file = join(out, `controller-run-${seed}-${index + 1}.json`);
    if (!again) await writeFile(file, simulatedText(finding));
    files.push(again ? (options.faults ?? "") : file);
  }
  streams.stdout.write(json ? `${JSON.stringify({ seed, ...result, files })}\n` : humanForm(result, { seed, files }));
  const isOther = again && result.findings[0]?.hash !== again.hash;
  if (isOther)
    streams.stderr.write("The run was not the one in the file: its hash differs, the logic has changed since\n");
  if (result.findings.length > 0 || result.quietProblem !== undefined || isOther) return exitCodes.failed;
  return interrupts.signal.aborted ? exitCodes.interrupted : exitCodes.good;
}

function humanForm(
  { runs, quietProblem, writes, findings }: SimulatedTrialsResult,
  { seed, files }: { readonly seed: number; readonly files: readonly string[] },
): string {
  if (quietProblem !== undefined) return `It does not converge without any fault: ${quietProblem}\n`;
  const lines = [
    `Learned: ${writes.length} writes: ${[...new Set(writes)].join(", ")}`,
    `${runs} runs in simulation, exact to the seed ${seed}`,
  ];
  if (findings.length === 0) lines.push("It converged in all of them");
  for (const [index, { problem, notes, hash }] of findings.entries()) {
    lines.push("", `It did not converge: ${problem}`, ...notes.map((note) => `  ${note}`));
    lines.push(`  hash ${hash}; again: troupe test-controller --simulate ... --faults ${files[index]}`);
  }
  return `${lines.join("\n")}\n`;
}
