import { type Command, Option } from "commander";
import type { BugResult } from "../../../properties/engine/bugs.ts";
import { InputError } from "../../cluster/input_error.ts";
import { createDisplay } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { duration, exitCodes, type Invocation, type Verb, wholeNumber } from "../verb.ts";

interface BugsOptions {
  readonly campaigns: number;
  readonly time: number;
  readonly runs?: number;
  readonly workers?: number;
  readonly json?: true;
}

const columns = ["defect", "seeds", "found", "tried", "runs", "seconds", "faults", "commands", "as"] as const;

/** Measures how fast campaigns find defects that are known. */
export const bugs: Verb = {
  name: "bugs",
  summary: "Puts known defects into the code, one at a time, and measures how fast campaigns find each",
  examples: [
    ["troupe bugs", "all of them, with five campaigns each: takes its time"],
    ["troupe bugs 59848 --campaigns 1", "the one of that number, once"],
    ["troupe bugs surgeIgnored --json", "one by its name, the result as one JSON object a line"],
  ],
  declare,
  run,
};

function declare(command: Command) {
  command
    .argument("[bug]", "a defect's name, or the number of the real bug that it stands for (default: all)")
    .option("--campaigns <n>", "how many, each of its own seed", wholeNumber({ least: 1, most: 100 }), 5)
    .addOption(
      new Option("--time <t>", "a campaign begins no further run after so long: 30s")
        .argParser(duration)
        .default(60_000, "1m"),
    )
    .option("--runs <n>", "nor after so many runs", wholeNumber({ least: 1, most: Number.MAX_SAFE_INTEGER }))
    .option("--workers <n>", "runs side by side (default: one for each core)", wholeNumber({ least: 1, most: 512 }))
    .option("--json", "prints each result as one JSON object");
}

async function run({ args, options, streams }: Invocation<BugsOptions>): Promise<number> {
  const { campaigns, time, runs, workers, json } = options;
  const { huntBug, huntedBugs, testedBugs } = await import("../../../properties/engine/bugs.ts");
  const [wanted] = args;
  const hunted = huntedBugs(wanted);
  if (hunted.length === 0) {
    const named = testedBugs().find(({ name }) => name === wanted);
    const why = named
      ? `campaigns do not find it, ${named.test} does`
      : "there is no such defect, see troupe bugs --help";
    throw new InputError(`Cannot hunt for "${wanted}": ${why}`);
  }
  using interrupts = listenForInterrupts();
  const display = createDisplay(streams.stderr);
  if (!json) streams.stdout.write(row(columns));
  let missed = 0;
  for (const [index, mutation] of hunted.entries()) {
    if (interrupts.signal.aborted) break;
    display.set("bugs", `${index + 1} of ${hunted.length}: ${mutation.name}`, { isFinal: false });
    const result = await huntBug(mutation, {
      ...{ campaigns, timeMs: time, signal: interrupts.signal },
      ...(runs === undefined ? {} : { runsMax: runs }),
      ...(workers === undefined ? {} : { workers }),
    });
    if (result.found === 0) missed++;
    streams.stdout.write(json ? `${JSON.stringify(result)}\n` : row(cellsOf(result)));
  }
  display.end();
  if (!json && wanted === undefined) streams.stdout.write(tested(testedBugs()));
  if (interrupts.signal.aborted) return exitCodes.interrupted;
  return missed === 0 ? exitCodes.good : exitCodes.failed;
}

const widths = [44, 8, 6, 6, 5, 8, 7, 9];

function row(cells: readonly string[]): string {
  return `${cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(" ")
    .trimEnd()}\n`;
}

function cellsOf({
  name,
  bugs: ids,
  campaigns,
  seeds,
  tried,
  found,
  runs,
  seconds,
  faults,
  commands,
  properties,
}: BugResult): string[] {
  const title = ids.length === 0 ? name : `${name} (${ids.join(", ")})`;
  const numbers = [runs, seconds?.toFixed(1), faults, commands].map((each) => String(each ?? "-"));
  const as = found === 0 ? "not found" : properties.join("; ");
  return [title, [...new Set(seeds)].join("-"), `${found}/${campaigns}`, String(tried), ...numbers, as];
}

function tested(
  all: readonly { readonly name: string; readonly bugs: readonly string[]; readonly test: string }[],
): string {
  const lines = all.map(({ name, bugs: ids, test }) => `  ${[name, ...ids].join(", ")}: ${test}`);
  return `Campaigns do not find these, tests do:\n${lines.join("\n")}\n`;
}
