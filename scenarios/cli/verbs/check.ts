import { randomInt } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { present } from "../../../actors/kit/present.ts";
import type { CampaignProgress, CampaignResult } from "../../../properties/engine/campaign.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { makeFolder } from "../../cluster/make_folder.ts";
import { type CheckChoice, understand } from "../check_options.ts";
import { createDisplay } from "../display.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { listenersOf } from "../queue.ts";
import { duration, exitCodes, type Invocation, type Verb, wholeNumber } from "../verb.ts";

interface CheckOptions extends CheckChoice {
  readonly runs?: number;
  readonly seed?: number;
  readonly time?: number;
  readonly workers?: number;
  readonly queue?: string;
  readonly out: string;
  readonly json?: true;
  readonly stopAtFirst?: true;
  readonly coverage?: true;
  readonly corpus?: string;
  readonly exhaustive?: string;
  readonly states: number;
}

/** What says nothing where no runs are drawn. */
const ofCampaigns = [
  ...["runs", "seed", "time", "workers", "queue", "suite", "faults", "property", "topology"],
  ...["coverage", "corpus", "stopAtFirst"],
];
const runsDefault = 100;
const plainSeconds = 5;
const upwards = (least: number) => wholeNumber({ least, most: Number.MAX_SAFE_INTEGER });

/** Searches for runs that break a rule. */
export const check: Verb = {
  name: "check",
  summary: "Runs random clusters, workloads and faults in simulation and checks what must hold",
  examples: [
    ["troupe check", `${runsDefault} runs from a new seed`],
    ["troupe check --runs 1000 --seed 7", "the same 1000 runs on every machine, with the same hash"],
    ["troupe check --suite store --time 1m", "the store alone: Raft, watches, leases; many runs a second"],
    ["troupe check --faults crash,partition --topology stores=3,nodes=2", "only these faults, only such clusters"],
    ["troupe check --property 'a binding never changes' --stop-at-first", "until a run breaks this rule"],
    ["troupe check --time 8h --corpus found", "every other run is made from one that came to something new"],
    ["troupe check --exhaustive informer", "every order of writes, answers, broken watches and lost history"],
    ["troupe check --exhaustive kubelet", "every step of a kubelet after which it may end, while it runs a pod"],
    ["troupe check --exhaustive loop", "every order of requests, answers, events, errors and ends of a control loop"],
    ["troupe check --exhaustive raft", "every order of messages, writes and crashes of three replicas, up to a bound"],
    ["troupe check --runs 100000 --queue redis://10.0.0.5:6379", "by the workers of many machines"],
    ["troupe check --time 10m --json", "as many as ten minutes allow, the result as one JSON object"],
  ],
  declare,
  run,
};

function declare(command: Command) {
  command
    .option("--runs <n>", `how many runs (default: ${runsDefault}, with --time no limit)`, upwards(1))
    .option("--seed <s>", "of the campaign (default: a new one)", wholeNumber({ least: 0, most: 2 ** 32 - 1 }))
    .option("--time <t>", "begins no further run after so long: 90s, 5m, 1.5h", duration)
    .option(
      "--workers <n>",
      `runs side by side (default: ${availableParallelism()})`,
      wholeNumber({ least: 1, most: 512 }),
    )
    .option("--queue <url>", "has the workers of a queue perform the runs: redis://host:port (see troupe worker)")
    .option("--out <folder>", "where counterexamples are written", ".")
    .option("--suite <name>", "which runs: see below (default: mixed)")
    .option("--faults <kinds>", "only these, with commas between them; none for a quiet world (default: all)")
    .option("--property <name>", "only runs that break this rule count (default: any)")
    .option("--topology <sizes>", "how large clusters are: stores=3,apiservers=2,nodes=4,managers=1,schedulers=1")
    .option("--coverage", "tells which phases of components the runs came to, and which faults met them there")
    .option(
      "--corpus <folder>",
      "keeps runs that come to something new there, and makes every other run from one of them",
    )
    .option("--stop-at-first", "ends with the first run that breaks a rule")
    .addOption(
      new Option(
        "--exhaustive <world>",
        "tries all that a small world can come to, instead of runs: raft, informer, kubelet, loop",
      ).conflicts(ofCampaigns),
    )
    .option("--states <n>", "with --exhaustive: ends with so many states", upwards(1), 40_000)
    .option("--json", "prints the result as one JSON object")
    .addHelpText("after", suitesHelp);
}

async function run({ options, streams }: Invocation<CheckOptions>): Promise<number> {
  const { seed = randomInt(2 ** 31), time, workers, queue, out, json, corpus } = options;
  const { stopAtFirst = false, coverage = false } = options;
  const runs = options.runs ?? (time === undefined ? runsDefault : Number.MAX_SAFE_INTEGER);
  if (options.exhaustive !== undefined) {
    const { tryAll } = await import("../exhaustive.ts");
    return tryAll({ world: options.exhaustive, states: options.states }, streams);
  }
  const choice = await understand(options);
  await assertWritable("counterexamples", { folder: out, option: "--out" });
  if (corpus !== undefined) await assertWritable("the corpus", { folder: corpus, option: "--corpus" });
  using interrupts = listenForInterrupts();
  const display = createDisplay(streams.stderr);
  const { runCampaign } = await import("../../../properties/engine/campaign.ts");
  const campaign = {
    runs,
    seed,
    folder: out,
    signal: interrupts.signal,
    ...(time === undefined ? {} : { timeMs: time }),
    ...present({ workers, queue, corpus }),
    ...choice,
    stopAtFirst,
    coverage,
  };
  if (queue !== undefined) await tellWorkers(queue, streams);
  const isWorthALine = milestones();
  const result = await runCampaign(campaign, (progress) =>
    display.set("runs", told(progress), { isFinal: isWorthALine(progress) }),
  );
  display.end();
  if (interrupts.signal.aborted) streams.stderr.write("Interrupted: this is what was done until then\n");
  streams.stdout.write(json ? `${JSON.stringify(machineForm(result))}\n` : humanForm(result));
  if (result.reached && !json)
    streams.stdout.write((await import("../coverage_table.ts")).coverageTable(result.reached));
  if (result.violations.length > 0) return exitCodes.failed;
  return interrupts.signal.aborted ? exitCodes.interrupted : exitCodes.good;
}

/** What there is to choose from; loaded suites would tell, but help is to come at once: a test compares. */
const suitesHelp = `
Suites:
  cluster      whole clusters, and now and then requests through them
  traffic      whole clusters whose servers are asked by clients
  readers      whole clusters with readers of every sort; faults at API servers and store
  apiserver    API servers over a store, with clients who do all that there is to do, and no cluster around them
  controllers  control loops before a modelled API, on nodes that are played there
  kubelet      kubelets with their computers before a modelled API, held against what runs there
  nodes        the loops that look after nodes before a modelled API, of which kubelets say how they are, or nothing
  policies     kubelets and kube-proxies with their computers before a modelled API, held against what NetworkPolicies say
  scheduler    schedulers before a modelled API, held against a plain account of where pods may go
  services     kube-proxies with their computers, and a DNS server, before a modelled API, held against what Services say
  store        replicas of the store, with clients and watchers, and no cluster around them
  all          one of them all, drawn for each run
  mixed        a whole cluster for each run, and beside it some of those from apiserver to store`;

async function tellWorkers(url: string, { stderr }: Invocation<CheckOptions>["streams"]) {
  const count = await listenersOf(url);
  const { shownUrl } = await import("../../../properties/engine/shown_url.ts");
  const queue = shownUrl(url);
  if (count > 0) stderr.write(`${count} ${count === 1 ? "worker listens" : "workers listen"} to ${queue}\n`);
  else stderr.write(`No worker listens to ${queue} yet: start some with "troupe worker --queue ${queue}"\n`);
}

/** A finding that cannot be kept would be lost: better to hear of it before the search. */
async function assertWritable(what: string, { folder, option }: { readonly folder: string; readonly option: string }) {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new InputError(`Cannot write ${what} to "${folder}": ${messageOf(error)}, choose another with ${option}`, {
      cause: error,
    });
  }
}

/** Where nothing moves a line is written when a rule was broken, when all is done, and every few seconds. */
function milestones(): (progress: CampaignProgress) => boolean {
  let [writtenAt, violationsBefore] = [0, 0];
  return ({ done, runs, violations, seconds }) => {
    const isDue = done === runs || violations > violationsBefore || seconds - writtenAt >= plainSeconds;
    violationsBefore = violations;
    if (isDue) writtenAt = seconds;
    return isDue;
  };
}

function told({ done, runs, violations, seconds }: CampaignProgress): string {
  const of = runs === Number.MAX_SAFE_INTEGER ? "" : ` of ${runs}`;
  const found = violations === 0 ? "no rule broken" : `${violations} broke a rule`;
  return `${done}${of} runs, ${(done / seconds).toFixed(1)} runs/s, ${found}`;
}

function machineForm(result: CampaignResult) {
  const { runs, seconds, runsPerSecond, seed, hash, faults, violations, reached, corpus } = result;
  return {
    runs,
    seconds,
    runsPerSecond,
    seed,
    hash,
    faults,
    violations: violations.map(({ property, seed: runSeed, faults: planned, file }) => ({
      property,
      seed: runSeed,
      faults: planned,
      file,
    })),
    ...present({ reached, corpus }),
  };
}

function humanForm({ runs, seconds, runsPerSecond, seed, hash, faults, violations, corpus }: CampaignResult): string {
  const lines = [
    `${runs} runs in ${seconds.toFixed(1)} s (${runsPerSecond.toFixed(1)} runs/s), seed ${seed}, hash ${hash}`,
    `Faults that bit, of those planned: ${faults.map(({ kind, planned, bitten }) => `${kind} ${bitten}/${planned}`).join(", ")}`,
  ];
  if (corpus) lines.push(`The corpus has ${corpus.after} runs, ${corpus.after - corpus.before} of them new`);
  if (violations.length === 0) lines.push("All rules held");
  for (const { property, details, faults: planned, file } of violations) {
    lines.push(`${property}: ${details}`, `  with ${planned} faults; see it with: troupe replay ${file}`);
  }
  return `${lines.join("\n")}\n`;
}
