import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { InputError } from "../../cluster/input_error.ts";
import { makeFolder } from "../../cluster/make_folder.ts";
import { createDisplay } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import type { UserStep } from "../own_controller/trial.ts";
import type { TrialFinding, TrialsProgress, TrialsResult } from "../own_controller/trials.ts";
import { duration, exitCodes, type Invocation, type Verb, wholeNumber } from "../verb.ts";

/** What its user does, as the command line says it: in the order of the options. */
type StepOption = { readonly apply: string } | { readonly delete: string } | { readonly run: string };

interface TestOptions {
  readonly setup?: readonly string[];
  readonly steps: readonly StepOption[];
  readonly until?: readonly string[];
  readonly untilCommand?: readonly string[];
  readonly runs: number;
  readonly seed?: number;
  readonly workers: number;
  readonly nodes: number;
  readonly settle: number;
  readonly deadline: number;
  readonly kinds?: readonly string[];
  readonly faults?: string;
  readonly simulate?: string;
  readonly log?: string;
  readonly out: string;
  readonly json?: true;
}

/** Breaks the API under a controller of the user's own. */
export const testController: Verb = {
  name: "test-controller",
  summary:
    "Runs your own controller, in any language, behind an API server that misbehaves, and checks that it converges",
  takesCommand: true,
  examples: [
    [
      'troupe test-controller --setup crd.yaml --apply shop.yaml --until "widgets/shop {.status.ready}=3" -- ./operator',
      "40 runs, each with faults between its writes",
    ],
    [
      'troupe test-controller --apply a.yaml --delete a.yaml --until "configmaps/a gone" -- node operator.js',
      "steps come in the order in which they are given",
    ],
    [
      "troupe test-controller --simulate site.ts --setup ...",
      "a defineController() of yours, in simulation, exact to a seed",
    ],
    ["troupe test-controller --faults controller-faults-7-1.yaml ... -- ./operator", "a plan that was found, again"],
  ],
  declare,
  run,
};

function declare(command: Command) {
  const steps: StepOption[] = [];
  const step = (key: "apply" | "delete" | "run") => (text: string) => {
    steps.push({ [key]: text } as StepOption);
    return text;
  };
  command
    .option("--setup <file>", "objects that are there before it starts, such as definitions (repeatable)", several)
    .option("--apply <file>", "a step of its user: applies a file (repeatable)", step("apply"))
    .option("--delete <file>", "a step of its user: deletes what is in a file (repeatable)", step("delete"))
    .option("--run <command>", "a step of its user: runs a command as the cluster's administrator", step("run"))
    .option("--until <condition>", 'what must hold in the end: "widgets/shop {.status.ready}=3" (repeatable)', several)
    .option("--until-command <command>", "what must exit with 0 in the end (repeatable)", several)
    .option("--runs <n>", "how many runs with faults", wholeNumber({ least: 1, most: 100_000 }), 40)
    .option("--seed <s>", "of the plans (default: a new one)", wholeNumber({ least: 0, most: 2 ** 32 - 1 }))
    .option("--workers <n>", "clusters side by side", wholeNumber({ least: 1, most: 64 }), availableParallelism())
    .option("--nodes <n>", "nodes of each cluster", wholeNumber({ least: 0, most: 50 }), 1)
    .addOption(
      new Option("--settle <t>", "it is at rest when it has written nothing for so long")
        .default(1_000, "1s")
        .argParser(duration),
    )
    .addOption(
      new Option("--deadline <t>", "how long it may take after healing").default(20_000, "20s").argParser(duration),
    )
    .option("--kinds <names>", "only these kinds of faults, by commas", (text: string) => text.split(","))
    .option("--faults <file>", "plays this plan instead of drawing some")
    .option("--simulate <module>", "instead of a command: a module whose default export is a defineController()")
    .option("--log <file>", "where what it writes goes (default: nowhere)")
    .option("--out <folder>", "where failing plans are written", ".")
    .option("--json", "prints the result as one JSON object");
  command.hook("preAction", () => void command.setOptionValue("steps", steps));
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === "") throw new InvalidArgumentError("give something");
  return [...before, text];
}

async function run({ options, command, streams }: Invocation<TestOptions>): Promise<number> {
  if (options.simulate !== undefined) {
    const { simulateController } = await import("../own_controller/simulate_verb.ts");
    return await simulateController({ ...options, simulate: options.simulate }, streams, await settingOf(options, []));
  }
  if (!command) throw new InputError('Cannot test a controller: give its command after "--", or --simulate a module');
  const { seed = randomInt(2 ** 31), out, json } = options;
  const plan = await planOf(options);
  using interrupts = listenForInterrupts();
  const setting = { ...(await settingOf(options, command)), signal: interrupts.signal };
  await makeFolder(out);
  const display = createDisplay(streams.stderr);
  const { runTrials } = await import("../own_controller/trials.ts");
  const { runs, workers, kinds } = options;
  const result = await runTrials({
    ...{ setting, runs, seed, workers },
    ...(kinds ? { kinds } : {}),
    ...(plan ? { plan } : {}),
    onProgress: (progress) => display.set("runs", told(progress), { isFinal: isFinal(progress) }),
  });
  display.end();
  const files = await save(result, { out, seed });
  streams.stdout.write(
    json ? `${JSON.stringify({ seed, ...machineForm(result, files) })}\n` : humanForm(result, { seed, files }),
  );
  if (result.findings.length > 0 || result.quietProblem !== undefined) return exitCodes.failed;
  return interrupts.signal.aborted ? exitCodes.interrupted : exitCodes.good;
}

async function planOf({ faults, kinds = [] }: TestOptions) {
  const [{ planIn }, { frontKind }] = await Promise.all([
    import("../own_controller/faulty_up.ts"),
    import("../own_controller/front_engine.ts"),
  ]);
  const unknown = kinds.find((each) => !frontKind(each));
  if (unknown !== undefined) throw new InputError(`Cannot use faults of the kind "${unknown}": there is none`);
  return faults === undefined ? undefined : await planIn(faults);
}

async function settingOf(options: TestOptions, command: readonly string[]) {
  const { setup = [], steps, until = [], untilCommand = [], nodes, settle, deadline, log } = options;
  if (until.length + untilCommand.length === 0) {
    throw new InputError("Cannot test a controller: say what must hold in the end, with --until or --until-command");
  }
  const [{ objectsOf }, { condition, commandCondition }] = await Promise.all([
    import("../own_controller/admin.ts"),
    import("../own_controller/condition.ts"),
  ]);
  const userStep = async (each: StepOption): Promise<UserStep> => {
    if ("apply" in each) return { text: `apply ${each.apply}`, apply: await objectsOf(each.apply) };
    if ("delete" in each) return { text: `delete ${each.delete}`, remove: await objectsOf(each.delete) };
    return { text: `run ${each.run}`, run: commandCondition(each.run) };
  };
  return {
    command,
    setup: (await Promise.all(setup.map(objectsOf))).flat(),
    steps: await Promise.all(steps.map(userStep)),
    conditions: [...until.map(condition), ...untilCommand.map(commandCondition)],
    ...{ nodes, settleMs: settle, deadlineMs: deadline },
    ...(log === undefined ? {} : { logFile: log }),
  };
}

function told({ stage, done, of, found }: TrialsProgress): string {
  if (stage === "quiet") return `Learning from quiet runs: ${done} of ${of}`;
  if (stage === "confirming") return `Making failing plans smaller and running them again: ${done} of ${of}`;
  return `${done} of ${of} runs with faults, ${found === 0 ? "all converged" : `${found} did not converge`}`;
}

function isFinal({ stage, done, of }: TrialsProgress): boolean {
  return stage !== "runs" || done === of || done % 10 === 0;
}

async function save({ findings }: TrialsResult, { out, seed }: { out: string; seed: number }): Promise<string[]> {
  const { planText } = await import("../own_controller/plan_file.ts");
  return await Promise.all(
    findings.map(async (finding, index) => {
      const file = join(out, `controller-faults-${seed}-${index + 1}.yaml`);
      await writeFile(file, planText(finding.plan, [finding.problem, failedTimes(finding), ...finding.notes]));
      return file;
    }),
  );
}

function failedTimes({ failed, again }: TrialFinding): string {
  return `failed ${failed} of ${again} times when it was run again; a real process is never exact to a seed`;
}

function machineForm({ runs, quietProblem, faults, findings }: TrialsResult, files: readonly string[]) {
  return { runs, quietProblem, faults, findings: findings.map((each, index) => ({ ...each, file: files[index] })) };
}

function humanForm(
  { runs, quietProblem, learned, faults, findings }: TrialsResult,
  { seed, files }: { readonly seed: number; readonly files: readonly string[] },
): string {
  if (quietProblem !== undefined) return `It does not converge without any fault: ${quietProblem}\n`;
  const writes = learned?.exchanges.filter(({ isWrite }) => isWrite).map(({ line }) => line) ?? [];
  const lines = [
    `Learned: ${writes.length} writes: ${[...new Set(writes)].join(", ")}`,
    `${runs} runs with faults, seed ${seed} (plans are drawn from it; what a real process makes of them is not exact to a seed)`,
    `Faults that began, of those planned: ${faults.map(({ kind, planned, begun }) => `${kind} ${begun}/${planned}`).join(", ")}`,
  ];
  if (findings.length === 0) lines.push("It converged in all of them");
  for (const [index, finding] of findings.entries()) {
    lines.push("", `It did not converge: ${finding.problem}`, ...finding.notes.map((note) => `  ${note}`));
    lines.push(`  ${failedTimes(finding)}`, `  again: troupe test-controller --faults ${files[index]} ...`);
  }
  return `${lines.join("\n")}\n`;
}
