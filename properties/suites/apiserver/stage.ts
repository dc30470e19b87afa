import { apiserver } from "../../../actors/apiserver/definition.ts";
import type { ApiRequest, ApiResponse, ApiServerInput, KnownAddress } from "../../../actors/apiserver/messages.ts";
import type { Server } from "../../../actors/apiserver/server.ts";
import { present } from "../../../actors/kit/present.ts";
import { signing } from "../../../actors/signing/signing_device.ts";
import type { StoreData } from "../../../actors/store/data.ts";
import { store } from "../../../actors/store/definition.ts";
import { newStoreDisk } from "../../../actors/store/member.ts";
import { diskModel } from "../../../runtime/devices/disk_model.ts";
import { netModel } from "../../../runtime/devices/net_model.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../../runtime/mod.ts";
import { apiServerAddress, storeAddress } from "../../../scenarios/cluster/topology.ts";
import type { Violation } from "../../engine/invariant.ts";
import { isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import type { Reading } from "../../workload/readings.ts";
import { type ParentData, parent } from "../model/parent.ts";
import { type Settling, whenSettled } from "../model/when_settled.ts";
import { apiSuiteClient, isDone } from "./client.ts";
import type { ApiClientData, OpenWatch } from "./data.ts";
import { folders } from "./folders.ts";
import { createHooks, type Hooks, hookRequests, judgeHooks } from "./hooks.ts";
import { hasKept, judgeRights, type KeeperData, keeper } from "./keeper.ts";
import { judgeClaims, judgeCounted, judgeEvictions, judgeNames, judgeNumbers } from "./numbers.ts";
import { judgeAnswers, judgeCalm, judgeChanges, judgeGets, judgeGuest, judgePages, judgeReaders } from "./rules.ts";
import type { ApiServerRun } from "./run.ts";
import { firstRequests, guest } from "./setting.ts";
import { createTimeline } from "./timeline.ts";
import { type ApiTruth, createTruth } from "./truth.ts";

/** When clients begin; faults come later. */
export const beginMs = 1_000;
/** Clients may be at work for so long after the faults. */
const settleMsMax = 60_000;
/** What watches are told, or that they miss something, is known by then: servers show that streams live. */
const transitMs = 6_000;
/** Two signs of life have not come. */
const silenceMs = 11_000;
const lookEveryMs = 20;

/** The rules of this suite, by what reports call them. */
export const apiServerRules = {
  changes: "changes are what was asked for",
  answers: "answers are true",
  numbers: "what is scarce is given once",
  guest: "guests do what they may",
  hooks: "webhooks decide what is stored",
  readers: "clients see the history",
  rest: "the servers come to rest after healing",
  errors: "no component gives up",
} as const;

/** Performs a run: clients under faults, then healing, rest, and all that was committed, answered and shown. */
export function performApiServer(run: ApiServerRun, options: SuiteOptions = {}): RunResult {
  const stage = createStage(run, options);
  const { simulation, violation } = stage;
  const isBroken = () => violation() !== undefined;
  if (!isBroken() && !simulation.runUntil(isBroken, run.healAtMs)) {
    simulation.faults.heal();
    if (!simulation.runUntil(whenSettled(stage, lookEveryMs), run.healAtMs + settleMsMax))
      stage.report("rest", stage.unsettled());
    if (!isBroken() && !simulation.runUntil(isBroken, simulation.uptimeMs() + 2 * transitMs)) stage.judge();
  }
  options.inspect?.(simulation);
  return resultOf(simulation, violation());
}

interface Stage extends Settling {
  report(rule: keyof typeof apiServerRules, details: string | undefined): void;
  judge(): void;
}

/** Everybody is an administrator: who may do what is no part of this. */
const administrators: readonly KnownAddress[] = ["*", "*/*"].map((address) => ({
  ...{ address, user: { name: "admin", groups: ["system:masters", "system:authenticated"] } },
}));

function knownTo({ clients, guest: hasGuest }: ApiServerRun): readonly KnownAddress[] {
  return hasGuest ? [{ address: clientName(clients - 1), user: guest }, ...administrators] : administrators;
}

const keeperName = "keeper";
const clientName = (index: number) => `client${index + 1}`;

function createStage(run: ApiServerRun, options: SuiteOptions): Stage {
  const { seed, faults, letters } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const hooks = createHooks(run.hooks ?? {}, () => simulation.uptimeMs());
  const cast = {
    actors: [parent, store, apiserver, apiSuiteClient, keeper],
    devices: [netModel(), signing(), hooks.device, diskModel({ initial: (address) => newStoreDisk(address) })],
  };
  const simulation: Simulation = createSimulation({
    cast,
    seed,
    faults,
    journalMax,
    freeze,
    ...present({ fractions: letters }),
  });
  options.begin?.(simulation);
  const truth = createTruth();
  let violation: Violation | undefined;
  function report(rule: keyof typeof apiServerRules, details: string | undefined) {
    if (details !== undefined) violation ??= { property: apiServerRules[rule], details, atMs: simulation.uptimeMs() };
  }

  const stores = Array.from({ length: run.stores }, (_each, index) => storeAddress(index));
  const servers = Array.from({ length: run.servers }, (_each, index) => apiServerAddress(index));
  followStores({ simulation, stores, truth, report });
  spawnControlPlane(run, { simulation, stores, servers });
  const isReady = () => servers.every((each) => simulation.report(each)?.phase === "serving");
  if (simulation.runUntil(isReady, beginMs)) report("answers", makeSetting(simulation, servers[0] as Address, run));
  else report("rest", "the servers did not begin to serve");
  // Faults strike while clients are at work, and not after it.
  simulation.runUntil(() => violation !== undefined, beginMs);
  const clients = Array.from({ length: run.clients }, (_each, index) => {
    const commands = run.workload.filter((each) => each.client === index);
    const input = { client: index + 1, servers, commands, patienceMs: run.patienceMs };
    return simulation.spawnNow({ name: clientName(index), kind: apiSuiteClient.kind, input });
  });
  if (run.rights) simulation.spawnNow({ name: keeperName, kind: keeper.kind, input: { servers, changes: run.rights } });
  const troupe: Troupe = { simulation, truth, servers, clients, faults, run, hooks };
  return {
    simulation,
    violation: () => violation,
    report,
    unsettled: () => unsettled(troupe),
    judge: () => judge(troupe, report),
  };
}

interface Troupe {
  readonly simulation: Simulation;
  readonly truth: ApiTruth;
  readonly servers: readonly Address[];
  readonly clients: readonly Address[];
  readonly faults: readonly Fault[];
  readonly run: ApiServerRun;
  readonly hooks: Hooks;
}

type Report = Stage["report"];

interface Following extends Pick<Troupe, "simulation" | "truth"> {
  readonly stores: readonly Address[];
  readonly report: Report;
}

function followStores({ simulation, truth, stores, report }: Following) {
  const watched = new Set(stores);
  simulation.onStep((address) => {
    if (watched.has(address)) {
      const { keyspace } = (simulation.dataOf(address) ?? {}) as Partial<StoreData>;
      const changes = keyspace ? truth.follow(keyspace, simulation.uptimeMs()) : [];
      if (changes.length > 0) report("numbers", judgeNumbers(truth.now));
    }
    for (const family of ["store", "apiserver"]) {
      const { errors } = (simulation.dataOf(family) ?? { errors: [] }) as ParentData;
      if (errors.length > 0) report("errors", errors[0]);
    }
    if (simulation.failures().length > 0) report("errors", simulation.failures()[0]?.reason);
  });
}

interface ControlPlane {
  readonly simulation: Simulation;
  readonly stores: readonly Address[];
  readonly servers: readonly Address[];
}

const lastPart = (address: Address) => address.slice(address.indexOf("/") + 1);

function spawnControlPlane(run: ApiServerRun, { simulation, stores, servers }: ControlPlane) {
  const { watchEventsMax, compactionMs, serviceBits } = run;
  const input: ApiServerInput = {
    ...{ stores, components: knownTo(run), watchEventsMax, compactionMs },
    ...{ serviceCidr: `10.96.0.0/${serviceBits}`, nodePorts: { first: 30_000, last: 30_007 } },
  };
  const family = (kind: string, members: readonly Address[], own: object) => ({
    children: members.map((address) => ({ name: lastPart(address), kind, input: own })),
  });
  simulation.spawnNow({ name: "store", kind: parent.kind, input: family(store.kind, stores, { members: stores }) });
  simulation.spawnNow({ name: "apiserver", kind: parent.kind, input: family(apiserver.kind, servers, input) });
}

/** Makes what there is before clients begin. Nothing is wrong yet: what fails is the server's fault. */
function makeSetting(simulation: Simulation, server: Address, { hooks }: ApiServerRun): string | undefined {
  for (const request of [...firstRequests, ...(hooks ? hookRequests(hooks) : [])]) {
    const what = `${request.verb} ${request.resource}`;
    try {
      const body: ApiRequest = { type: "api.request", ...request };
      const answer = simulation.askNow(server, body, 1_000) as ApiResponse;
      if (answer.code >= 300) return `before anything was wrong, ${what} was answered ${answer.code}: ${answer.body}`;
    } catch (error) {
      return `before anything was wrong, ${what} was not answered: ${(error as Error).message}`;
    }
  }
  return undefined;
}

function unsettled({ simulation, servers, clients }: Troupe): string | undefined {
  const busy = clients.find((each) => !isDone(simulation.dataOf(each) as ApiClientData));
  if (busy !== undefined) return `${busy} does not come to an end`;
  const rights = simulation.dataOf(keeperName) as KeeperData | undefined;
  if (rights && !hasKept(rights)) return `${keeperName} does not come to an end`;
  const idle = servers.find((each) => simulation.report(each)?.phase !== "serving");
  if (idle !== undefined) return `${idle} does not serve`;
  const underWay = (each: Address) => (simulation.dataOf(each) as Server).inFlight;
  const silent = servers.find((each) => underWay(each) !== 0);
  return silent === undefined ? undefined : `${silent} does not answer ${underWay(silent)} of what it was asked`;
}

/**
 * Watches whose server ended, or let go of them, while nobody could tell their client: of an end the client does not
 * know, as messages come from the same address; of a watch that is over it hears nothing any more, where messages were
 * lost.
 */
function cutOff({
  simulation,
  faults,
  clients,
}: Pick<Troupe, "simulation" | "faults" | "clients">): ReadonlySet<Reading> {
  const begunMs = simulation.faults.begunMs();
  const hasLost = ({ server, reading }: OpenWatch) =>
    faults.some(
      ({ kind, parameters }, index) =>
        kind === "crash" && parameters.actor === server && (begunMs[index] ?? -1) >= (reading.openedMs ?? 0),
    );
  const wereLost = faults.some(({ kind }) => kind === "loss" || kind === "partition");
  const isSilent = ({ heardMs }: OpenWatch) => wereLost && simulation.uptimeMs() - heardMs > silenceMs;
  const open = clients.flatMap((each) => [...(simulation.dataOf(each) as ApiClientData).watches.values()]);
  return new Set(open.filter((each) => hasLost(each) || isSilent(each)).map(({ reading }) => reading));
}

/** What a server at rest believes of a guest's rights that is not so. */
function wrongRights({ simulation, servers, run }: Troupe): string | undefined {
  if (!run.rights) return undefined;
  const replicas = Array.from({ length: run.stores }, (_each, index) => simulation.dataOf(storeAddress(index)));
  const newest = (replicas as StoreData[]).reduce((a, b) => (b.keyspace.revision > a.keyspace.revision ? b : a));
  for (const each of servers) {
    const why = judgeRights(simulation.dataOf(each) as Server, newest.keyspace);
    if (why) return `${each} ${why}`;
  }
  return undefined;
}

function judge(troupe: Troupe, report: Report) {
  const { simulation, truth, servers, clients, faults, run, hooks } = troupe;
  const hasAllLetters = run.letters === undefined;
  const everybody = clients.map((each) => simulation.dataOf(each) as ApiClientData);
  const guests = run.guest ? everybody.slice(-1) : [];
  for (const { operations, readings } of guests)
    report("guest", judgeGuest(operations, readings, { isFixed: !run.rights }));
  report("guest", wrongRights(troupe));
  // What a guest is shown is to be as true as what others are.
  const all = run.guest ? everybody.slice(0, -1) : everybody;
  const operations = all.flatMap((each) => each.operations);
  const cut = cutOff(troupe);
  const readings = everybody
    .flatMap((each) => each.readings)
    .map((each) =>
      cut.has(each.reading) ? { ...each, reading: { ...each.reading, hasEnded: true } as Reading } : each,
    );
  const timeline = createTimeline(truth.changes, operations);
  report("changes", judgeChanges(timeline, operations));
  if (run.hooks) report("hooks", judgeHooks(timeline, hooks, run.hooks));
  if (faults.length === 0 && !run.hooks?.spells.length) report("answers", judgeCalm(operations));
  report("answers", judgeAnswers(timeline, operations) ?? judgeGets(timeline, operations));
  report("readers", judgePages(everybody.flatMap(({ pages }) => pages)));
  report("readers", judgeReaders(truth.changes, readings, { endMs: simulation.uptimeMs(), transitMs }));
  // Each try at a name of its own is let in anew, as in Kubernetes.
  const isDoubled = !hasAllLetters || faults.some(({ kind }) => kind === "duplication");
  report(
    "numbers",
    judgeCounted(timeline, { operations, used: truth.countedUsed(), isDoubled }) ??
      (hasAllLetters ? judgeNames(timeline) : undefined) ??
      judgeEvictions(timeline, operations) ??
      judgeClaims(truth.now(folders.services), truth.claims),
  );
  for (const each of servers) {
    const { caches } = simulation.dataOf(each) as Server;
    for (const folder of Object.values(folders)) {
      const items = caches.get(folder.prefix.slice(0, -folder.namespace.length - 2))?.items ?? new Map();
      for (const [name, thing] of truth.now(folder)) {
        const has = items.get(`${folder.prefix}${name}`)?.revision;
        if (String(has) !== thing.metadata.resourceVersion)
          report("rest", `${each} has ${folder.name}/${name} at ${has}, it is at ${thing.metadata.resourceVersion}`);
      }
      const extra = [...items.keys()].find(
        (key) => key.startsWith(folder.prefix) && !truth.now(folder).has(key.slice(folder.prefix.length)),
      );
      if (extra !== undefined) report("rest", `${each} has ${extra}, which is gone`);
    }
  }
}
