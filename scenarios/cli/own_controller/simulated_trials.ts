import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Fault, Trigger } from "../../../runtime/faults/fault.ts";
import type { FaultKind } from "../../../runtime/faults/kind.ts";
import { all } from "../../../runtime/faults/kinds/all.ts";
import { parseFault } from "../../../runtime/faults/known_faults.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { mix32, type Random, randomFrom } from "../../../runtime/mod.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { apiServerAddresses, storeAddresses } from "../../cluster/topology.ts";
import type { ControllerDefinition } from "../../controller/define_controller.ts";
import {
  madeBy,
  ownAddress,
  runSimulatedTrial,
  type SimulatedSetting,
  type SimulatedTrialResult,
  simulatedTopology,
} from "./simulated_trial.ts";
import type { Expected } from "./trial.ts";

/** How a controller is tried in simulation. */
export interface SimulatedTrialsOptions {
  readonly setting: SimulatedSetting;
  readonly runs: number;
  /** Plays this run, and no others. */
  readonly plan?: readonly Fault[];
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly of: number; readonly found: number }) => void;
}

/** A run that did not converge: its seed and its faults play it again, to the last bit. */
export interface SimulatedFinding {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly problem: string;
  readonly hash: string;
  readonly notes: readonly string[];
}

/** What came of it. */
export interface SimulatedTrialsResult {
  readonly runs: number;
  readonly quietProblem: string | undefined;
  /** What it writes in a quiet run. */
  readonly writes: readonly string[];
  readonly findings: readonly SimulatedFinding[];
}

const format = "kubetroupe-controller-run";
const version = 1;
const findingsMax = 3;
const crashMs = 400;

/**
 * Learns how often a controller hears from the API in a quiet run, then crashes it after each such answer, then runs it
 * under faults that are drawn. Each run that does not converge is made smaller.
 */
export async function runSimulatedTrials(options: SimulatedTrialsOptions): Promise<SimulatedTrialsResult> {
  const { setting, plan, signal, onProgress } = options;
  const quiet = await runSimulatedTrial(setting, []);
  const writes = quiet.asked.filter(({ isWrite }) => isWrite).map(({ line }) => line);
  if (quiet.problem !== undefined) return { runs: 0, quietProblem: quiet.problem, writes, findings: [] };
  const resources = madeBy({ asked: () => quiet.asked });
  const expected: Expected = { resources, inventory: quiet.inventory };
  const runs = plan ? 1 : options.runs;
  const found = new Map<string, SimulatedFinding>();
  let done = 0;
  for (; done < runs && found.size < findingsMax && !signal?.aborted; done++) {
    const faults = plan ?? drawFaults(setting, { quiet, index: done });
    const seed = plan ? setting.seed : mix32(setting.seed, done);
    const result = await runSimulatedTrial({ ...setting, seed }, faults, expected);
    if (result.problem !== undefined) {
      const smallest = await smaller({ ...setting, seed }, { faults, result }, expected);
      const known = found.get(smallest.problem);
      if (!known || known.faults.length > smallest.faults.length) found.set(smallest.problem, smallest);
    }
    onProgress({ done: done + 1, of: runs, found: found.size });
  }
  return { runs: done, quietProblem: undefined, writes, findings: [...found.values()] };
}

async function smaller(
  setting: SimulatedSetting,
  first: { readonly faults: readonly Fault[]; readonly result: SimulatedTrialResult },
  expected: Expected,
): Promise<SimulatedFinding> {
  let { faults, result } = first;
  for (let index = 0; index < faults.length && faults.length > 1; ) {
    const fewer = faults.toSpliced(index, 1);
    const again = await runSimulatedTrial(setting, fewer, expected);
    if (again.problem === undefined) index++;
    else [faults, result] = [fewer, again];
  }
  return { seed: setting.seed, faults, problem: result.problem ?? "", hash: result.hash, notes: result.notes };
}

interface Drawing {
  readonly quiet: SimulatedTrialResult;
  readonly index: number;
}

/** First a crash after each answer that it gets, then one fault or two of any kind. */
export function drawFaults({ seed, nodes }: SimulatedSetting, { quiet, index }: Drawing): readonly Fault[] {
  const answers = quiet.asked.length;
  const random = randomFrom(mix32(seed ^ 0x5bd1e995, index));
  const crash = (trigger: Trigger, forMs: number): Fault => ({
    ...parseFault({ kind: "crash", parameters: { actor: ownAddress } }),
    ...{ trigger, forMs },
  });
  // Half of them are seeded with the time of a step, so that something happens while it is away.
  if (index % 2 === 0 && index / 2 < answers) {
    return [crash({ actor: ownAddress, event: "reply", nth: 1 + index / 2 }, crashMs)];
  }
  if (index % 8 === 1) return [crash({ atMs: random.int(Math.ceil(quiet.virtualMs)) }, 500 + random.int(5_000))];
  const places = placesOf(nodes);
  return Array.from({ length: 1 + random.int(2) }, () => drawOne(places, { random, quiet }));
}

function drawOne(
  places: Places,
  { random, quiet }: { readonly random: Random; readonly quiet: SimulatedTrialResult },
): Fault {
  const drawable = (all as readonly FaultKind[]).filter(
    ({ weight, draw }) => weight > 0 && draw(places, randomFrom(0)),
  );
  const kind = drawable[random.int(drawable.length)] as FaultKind;
  const parameters = kind.draw(places, random);
  const trigger: Trigger =
    random.int(2) === 0
      ? { atMs: random.int(Math.ceil(quiet.virtualMs)) }
      : { actor: ownAddress, event: "reply", nth: 1 + random.int(quiet.asked.length) };
  return { ...parseFault({ kind: kind.kind, parameters }), trigger, forMs: 50 + random.int(4_000) };
}

/** What is about the controller under test: itself, its way to the API servers, and how those lag. */
function placesOf(nodes: number): Places {
  const topology = simulatedTopology(nodes);
  const [servers, stores] = [apiServerAddresses(topology), storeAddresses(topology)];
  return {
    actors: [ownAddress, ...servers],
    clocks: [],
    disks: [],
    links: { from: [ownAddress], to: servers },
    streams: [
      { from: servers, to: [ownAddress], types: ["api.watch"] },
      { from: stores, to: servers, types: ["store.events"] },
    ],
  };
}

/**
 * The controller that a module exports as its default.
 *
 * @throws InputError when there is none
 */
export async function controllerIn(path: string): Promise<ControllerDefinition> {
  let exported: { readonly default?: Partial<ControllerDefinition> };
  try {
    exported = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new InputError(`Cannot load the controller "${path}": ${messageOf(error)}`, { cause: error });
  }
  const { default: found } = exported;
  if (typeof found?.reconcile === "function" && found.about) return found as ControllerDefinition;
  throw new InputError(
    `Cannot load the controller "${path}": its default export is none, make it with defineController()`,
  );
}

/** Writes a run down. */
export function simulatedText({ seed, faults, problem, hash }: SimulatedFinding): string {
  return `${JSON.stringify({ format, version, seed, problem, hash, faults }, null, 2)}\n`;
}

/**
 * Reads a run that was written down.
 *
 * @throws InputError when it is none
 */
export async function simulatedRunIn(path: string): Promise<Omit<SimulatedFinding, "notes">> {
  try {
    const file = JSON.parse(await readFile(path, "utf8"));
    if (file.format !== format) throw new Error("it is no run of a simulated controller");
    if (file.version !== version) throw new Error(`it is of version ${file.version}, this is version ${version}`);
    for (const fault of file.faults) parseFault(fault);
    return file;
  } catch (error) {
    throw new InputError(`Cannot play "${path}" again: ${messageOf(error)}`, { cause: error });
  }
}
