import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { modelCast } from "../../cluster/cast.ts";
import { childSpecs } from "../../cluster/child_specs.ts";
import { admin as administrator } from "../../cluster/identities.ts";
import { apiServerAddresses, type Topology } from "../../cluster/topology.ts";
import { controllerActor, type OwnControllerActor } from "../../controller/controller_actor.ts";
import type { ControllerDefinition } from "../../controller/define_controller.ts";
import { type Admin, type AdminAnswer, adminOver } from "./admin.ts";
import { difference, takeInventory } from "./inventory.ts";
import type { Expected, TrialSetting } from "./trial.ts";

/** A controller that runs in simulation, and what is asked of it. */
export interface SimulatedSetting extends Pick<TrialSetting, "setup" | "steps" | "conditions" | "nodes"> {
  readonly controller: ControllerDefinition;
  readonly seed: number;
}

/** What came of a simulated run: equal for equal settings, seeds and faults, to the last bit. */
export interface SimulatedTrialResult {
  readonly problem: string | undefined;
  readonly hash: string;
  readonly notes: readonly string[];
  readonly inventory: Expected["inventory"];
  readonly asked: ReturnType<OwnControllerActor["asked"]>;
  readonly virtualMs: number;
}

/** The address of the controller under test. */
export const ownAddress = "own-controller";
const port = 6_443;
const bootMsMax = 30_000;
const askMsMax = 20_000;
const stepMs = 3_000;
const halfMicroMs = 0.0005;
const deadlineMs = 40_000;
const lookEveryMs = 1_000;
/** At rest is who has written nothing for so long. */
const settleMs = 2_000;

/** The cluster that a simulated controller meets. */
export const simulatedTopology = (nodes: number): Topology => ({ nodes, stores: 1, apiservers: 2 });

/** One run: a cluster, the controller, the user's steps, faults, healing, the end; all of it in virtual time. */
export async function runSimulatedTrial(
  setting: SimulatedSetting,
  faults: readonly Fault[],
  expected?: Expected,
): Promise<SimulatedTrialResult> {
  const own = controllerActor(setting.controller);
  const models = modelCast();
  const cast = { actors: [...models.actors, own.actor], devices: models.devices };
  const simulation = createSimulation({ cast, seed: setting.seed, faults, freeze: true });
  const topology = simulatedTopology(setting.nodes);
  const https = (index: number) => ({ host: "cluster", port: port + index, key: "", cert: "", clientCa: "" });
  for (const spec of childSpecs(topology, { clients: [{ address: ownAddress, user: administrator }], https })) {
    simulation.spawnNow(spec);
  }
  const clock = createClock(simulation, own);
  const servers = apiServerAddresses(topology);
  await clock.until(() => servers.every((each) => simulation.report(each)?.phase === "serving"), bootMsMax);
  const notes: string[] = [];
  const note = (text: string) => {
    notes.push(`${(simulation.uptimeMs() / 1000).toFixed(3).padStart(9)} s  ${text}`);
  };
  const admin = simulatedAdmin(models.net, clock);
  await admin.apply(setting.setup);
  simulation.spawnNow({ name: ownAddress, kind: own.actor.kind, input: { servers }, restartsMax: 1_000 });
  await clock.wait(stepMs);
  for (const [index, step] of setting.steps.entries()) {
    note(`step ${index + 1}: ${step.text}`);
    if ("apply" in step) await admin.apply(step.apply);
    else if ("remove" in step) await admin.remove(step.remove);
    else throw new Error(`Cannot do step ${index + 1} in simulation: it is a command`);
    await clock.wait(stepMs);
  }
  simulation.faults.heal();
  note("healed");
  const resources = () => expected?.resources ?? madeBy(own);
  const look = () => missing({ setting, admin, expected, own, simulation, resources });
  let problem = await look();
  const endMs = simulation.uptimeMs() + deadlineMs;
  while (problem !== undefined && simulation.uptimeMs() < endMs) {
    await clock.wait(lookEveryMs);
    problem = await look();
  }
  if (problem !== undefined) note(`not converged: ${problem}`);
  const inventory = await takeInventory(admin, resources());
  const told = simulation.faults
    .notes()
    .map(({ atMs, text }) => `${(atMs / 1000).toFixed(3).padStart(9)} s  fault: ${text}`);
  return {
    ...{ problem, inventory },
    hash: simulation.journal.hash(),
    notes: [...notes, ...told].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b)),
    asked: own.asked(),
    virtualMs: simulation.uptimeMs(),
  };
}

/** The resources that a simulated controller makes objects of. */
export function madeBy(own: Pick<OwnControllerActor, "asked">): readonly string[] {
  const lines = own.asked().filter(({ line }) => line.startsWith("create ") && !line.includes("/"));
  return [...new Set(lines.map(({ line }) => line.slice("create ".length)))].sort();
}

interface Looking {
  readonly setting: SimulatedSetting;
  readonly admin: Admin;
  readonly expected: Expected | undefined;
  readonly own: OwnControllerActor;
  readonly simulation: Simulation;
  resources(): readonly string[];
}

async function missing({ setting, admin, expected, own, simulation, resources }: Looking): Promise<string | undefined> {
  const [given] = simulation.failures();
  if (given) return `${given.address} was given up: ${given.reason}`;
  for (const each of setting.conditions) {
    const told = await each(admin);
    if (told !== undefined) return told;
  }
  const ending = expected && difference(expected.inventory, await takeInventory(admin, resources()));
  if (ending !== undefined) return ending;
  const wrote = own.asked().findLast(({ isWrite }) => isWrite)?.atMs ?? 0;
  return simulation.uptimeMs() - wrote < settleMs ? "it does not come to rest: it still writes" : undefined;
}

/** Time that passes step by step; in between, what the controller awaits goes on. */
interface Clock {
  until(predicate: () => boolean, withinMs: number): Promise<boolean>;
  wait(ms: number): Promise<void>;
}

function createClock(simulation: Simulation, own: OwnControllerActor): Clock {
  const until: Clock["until"] = async (predicate, withinMs) => {
    // Its time is in whole microseconds; a sum of milliseconds may be a little past one.
    const endMs = Math.floor((simulation.uptimeMs() + withinMs) * 1_000) / 1_000;
    while (!predicate()) {
      if (simulation.uptimeMs() >= endMs - halfMicroMs) return false;
      const before = own.activity();
      simulation.runUntil(() => own.activity() !== before || predicate(), endMs);
      // All microtasks run before this goes on: the controller is where its next await is.
      if (own.activity() !== before) await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  };
  return { until, wait: async (ms) => void (await until(() => false, ms)) };
}

function simulatedAdmin(net: ReturnType<typeof modelCast>["net"], clock: Clock): Admin {
  const peer = { commonName: "kubernetes-admin", organizations: ["system:masters"] };
  const once = async (server: number, call: Parameters<Admin["ask"]>): Promise<AdminAnswer | undefined> => {
    const [method, url, body, contentType = "application/json"] = call;
    const headers = { accept: "application/json", ...(body ? { "content-type": contentType } : {}) };
    const text = body ? { body: JSON.stringify(body) } : {};
    const exchange = net.call({ host: "cluster", port: port + server, method, url, headers, peer, ...text });
    const isOver = () => exchange.state() !== "waiting" && exchange.state() !== "open";
    await clock.until(isOver, askMsMax);
    return exchange.state() === "ended" ? { code: exchange.code(), body: JSON.parse(exchange.body()) } : undefined;
  };
  const ask: Admin["ask"] = async (...call) => {
    // Servers come and go: whoever is there is asked, again and again.
    for (let attempt = 0; attempt < 40; attempt++) {
      const answer = await once(attempt % 2, call);
      if (answer && answer.code !== 429 && answer.code < 500) return answer;
      await clock.wait(lookEveryMs);
    }
    throw new Error(`Cannot ask the simulated cluster: no API server answers ${call[0]} ${call[1]}`);
  };
  return adminOver({ kubeconfig: "", ca: "", ask, wait: clock.wait, close() {} });
}
