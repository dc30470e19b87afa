import type { StoreData } from "../../../actors/store/data.ts";
import { store } from "../../../actors/store/definition.ts";
import type { Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import { newStoreDisk } from "../../../actors/store/member.ts";
import type { StoreAnswer } from "../../../actors/store/messages.ts";
import { everyone } from "../../../actors/store/raft/configuration.ts";
import { requestTimeoutMs } from "../../../actors/store/requests.ts";
import { diskModel } from "../../../runtime/devices/disk_model.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../../runtime/mod.ts";
import { raft } from "../../checkers/raft.ts";
import type { Violation } from "../../engine/invariant.ts";
import { isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { type ParentData, parent } from "../model/parent.ts";
import { type Settling, whenSettled } from "../model/when_settled.ts";
import { isDone, type StoreClientData, storeClient } from "./client.ts";
import { changesOf, judgeMembers, membersOf, strayedMembers } from "./members.ts";
import { parentAddress, replicaAddress, replicasIn } from "./replicas.ts";
import { allKeys } from "./request.ts";
import {
  historyOf,
  judgeAccount,
  judgeLeases,
  judgeOldReads,
  judgeOrder,
  judgeRoom,
  judgeWatcher,
  type StoreOperation,
} from "./rules.ts";
import type { StoreRun } from "./run.ts";
import { createTruth, type Truth } from "./truth.ts";
import { type StoreWatcherData, storeWatcher } from "./watcher.ts";

/** So long after the faults the group may take to come to rest, in virtual time. */
const settleMsMax = 30_000;
const finaleMsMax = 5_000;
/** So long after the faults everybody who reads is answered, or was sent away. */
const readMsMax = 3_000;
const lookEveryMs = 10;

/** The rules of this suite, by what reports call them. */
export const storeRules = {
  raft: "Raft is safe",
  order: "the store is linearizable",
  reads: "reads show what was",
  watches: "watches tell what was",
  replicas: "replicas end alike",
  members: "the group is who was let in",
  leases: "keys end with their leases",
  room: "the store counts what it holds",
  rest: "the group comes to rest after healing",
  errors: "no component gives up",
} as const;

/** Performs a run: safety with faults on, then healing, rest, and all that clients and watchers were told. */
export function performStore(run: StoreRun, options: SuiteOptions = {}): RunResult {
  const stage = createStage(run, options);
  const { simulation } = stage;
  const isBroken = () => stage.violation() !== undefined;
  if (!simulation.runUntil(isBroken, run.healAtMs)) {
    simulation.faults.heal();
    if (!simulation.runUntil(whenSettled(stage, lookEveryMs), run.healAtMs + settleMsMax))
      stage.report("rest", stage.unsettled());
    if (!isBroken()) stage.judge();
  }
  options.inspect?.(simulation);
  return resultOf(simulation, stage.violation());
}

interface Stage extends Settling {
  report(rule: keyof typeof storeRules, details: string | undefined): void;
  judge(): void;
}

function createStage(run: StoreRun, options: SuiteOptions): Stage {
  const { seed, faults, timings, quotaBytes } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const names = Array.from({ length: run.stores + run.spares }, (_, index) => `${index}`);
  const [founders, spares] = [names.slice(0, run.stores), names.slice(run.stores)];
  const members = names.map(replicaAddress);
  const founding = new Set<Address>(founders.map(replicaAddress));
  const disk = diskModel({ initial: (address) => (founding.has(address) ? newStoreDisk(address) : {}) });
  const cast = { actors: [parent, store, storeClient, storeWatcher], devices: [disk] };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze });
  options.begin?.(simulation);
  const truth = createTruth();
  let violation: Violation | undefined;

  function report(rule: keyof typeof storeRules, details: string | undefined) {
    if (details !== undefined) violation ??= { property: storeRules[rule], details, atMs: simulation.uptimeMs() };
  }

  watchReplicas({ simulation, members, truth, report });
  const limits = quotaBytes === undefined ? {} : { quotaBytes };
  const input = replicasIn({ founders, spares, input: { ...timings, ...limits } });
  simulation.spawnNow({ name: parentAddress, kind: parent.kind, input });
  const fills = quotaBytes !== undefined;
  const clients = Array.from({ length: run.clients }, (_, client) => {
    const commands = run.workload.filter((each) => each.client === client);
    return simulation.spawnNow({
      name: `client${client + 1}`,
      kind: storeClient.kind,
      input: { members, commands, fills },
    });
  });
  const watchers = run.watchers.map((wanted, index) =>
    simulation.spawnNow({ name: `watcher${index}`, kind: storeWatcher.kind, input: { members, wanted } }),
  );
  const troupe: Troupe = { run, simulation, truth, members, clients, watchers };
  return {
    simulation,
    violation: () => violation,
    report,
    unsettled() {
      report("rest", unanswered(troupe));
      return unsettled(troupe);
    },
    judge: () => judge(troupe, report),
  };
}

interface Troupe {
  readonly run: StoreRun;
  readonly simulation: Simulation;
  readonly truth: Truth;
  readonly members: readonly Address[];
  readonly clients: readonly Address[];
  readonly watchers: readonly Address[];
}

type Report = Stage["report"];

function watchReplicas({
  simulation,
  members,
  truth,
  report,
}: Pick<Troupe, "simulation" | "members" | "truth"> & { readonly report: Report }) {
  const watch = raft.watch();
  const atEntry = new Map<number, string>();
  const groupAt = new Map<number, string>();
  const watched = new Set(members);
  const dataOf = (address: Address) => simulation.dataOf(address) as StoreData | undefined;
  simulation.onStep((address) => {
    if (!watched.has(address)) return;
    const data = dataOf(address);
    if (data?.keyspace) {
      truth.follow(data.keyspace, simulation.uptimeMs());
      report("replicas", strayed(atEntry, address, data.keyspace));
      report("members", strayedMembers(groupAt, data.raft));
    }
    report("raft", watch.check(members.flatMap((member) => dataOf(member)?.raft ?? [])));
    const family = simulation.dataOf(parentAddress) as ParentData | undefined;
    if (family && family.errors.length > 0) report("errors", family.errors[0]);
    if (simulation.failures().length > 0) report("errors", simulation.failures()[0]?.reason);
  });
}

/** Whether a replica has made something else of the log up to an entry than the first who applied that. */
function strayed(atEntry: Map<number, string>, address: Address, keyspace: Keyspace): string | undefined {
  const { appliedIndex, revision, compactedRevision, space, leases } = keyspace;
  const is = JSON.stringify({
    revision,
    compactedRevision,
    ...space,
    clockMs: leases.clockMs,
    leases: leases.byId.size,
  });
  const was = atEntry.get(appliedIndex);
  if (was === undefined) atEntry.set(appliedIndex, is);
  return was === undefined || was === is
    ? undefined
    : `${address} made ${is} of the log up to entry ${appliedIndex}, of which ${was} was made before`;
}

/** Those who are in the group now, as its leader has it, the leader first; none while nobody leads. */
function groupOf({ simulation, members }: Troupe): readonly StoreData[] {
  const isUp = (member: Address) => simulation.report(member)?.state === "running";
  const up = members.filter(isUp).flatMap((each) => (simulation.dataOf(each) as StoreData | undefined) ?? []);
  const leader = up.filter(({ raft: { role } }) => role === "leader").sort((a, b) => b.raft.term - a.raft.term)[0];
  if (!leader) return [];
  const others = everyone(leader.raft.configuration).filter((id) => id !== leader.raft.self);
  const found = others.flatMap((id) => up.find(({ raft: { self } }) => self === id) ?? []);
  return found.length < others.length ? [] : [leader, ...found];
}

function unsettled(troupe: Troupe): string | undefined {
  const { simulation, clients, watchers, truth } = troupe;
  const busy = clients.find((each) => !isDone(simulation.dataOf(each) as StoreClientData));
  if (busy !== undefined) return `${busy} does not come to an end`;
  const [leader, ...others] = groupOf(troupe);
  if (!leader) return "the group has no leader, or not all of it is there";
  const isBehind = ({ keyspace, rejoin }: StoreData) =>
    rejoin !== undefined || keyspace.appliedIndex < leader.raft.commitIndex;
  const behind = [leader, ...others].find(isBehind);
  if (behind) return `${behind.raft.self} is behind, or not a member like the others`;
  const reading = [leader, ...others].find(({ requests }) => [...requests.pending.values()].some(({ read }) => read));
  if (reading) return `${reading.raft.self} has not answered one who reads`;
  // Nobody renews them any more.
  const [lease] = leader.keyspace.leases.byId.keys();
  if (lease !== undefined) return `lease ${lease} does not end`;
  const late = watchers.find((each) => (simulation.dataOf(each) as StoreWatcherData).revision < truth.revision());
  return late === undefined ? undefined : `${late} was not told of revision ${truth.revision()}`;
}

/**
 * Those who wait to be shown something, or to have their write told to the leader, by a replica that knows who that is:
 * nobody has to ask again for that.
 */
function unanswered(troupe: Troupe): string | undefined {
  const { simulation, run } = troupe;
  const beforeMs = simulation.uptimeMs() - readMsMax;
  if (run.healAtMs > beforeMs) return undefined;
  const deaf = groupOf(troupe).find(({ requests: { pending, waiting } }) => {
    const untold = new Set(waiting.map(({ id }) => id));
    return [...pending].some(
      ([id, { read, untilMs }]) => (read || untold.has(id)) && untilMs - requestTimeoutMs < beforeMs,
    );
  });
  return deaf && `${deaf.raft.self} does nothing for one who asked long ago, and it knows who leads`;
}

function judge(troupe: Troupe, report: Report) {
  const { simulation, truth, run } = troupe;
  const { quotaBytes, faults } = run;
  const all = troupe.clients.map((each) => simulation.dataOf(each) as StoreClientData);
  const [leader, ...others] = groupOf(troupe);
  const different = others.find(({ keyspace }) => isAnother(keyspace, leader?.keyspace));
  if (different) report("replicas", `${different.raft.self} ends with another state than ${leader?.raft.self}`);
  const history = [...historyOf(all), ...finale(troupe)];
  report("order", judgeOrder(history, { compactsItself: quotaBytes !== undefined }));
  for (const { raft: own, keyspace } of [...(leader ? [leader] : []), ...others]) {
    const [wrong, untied] = [judgeAccount(keyspace), judgeLeases(keyspace)];
    report("room", wrong === undefined ? undefined : `${own.self}: ${wrong}`);
    report("leases", untied === undefined ? undefined : `${own.self}: ${untied}`);
  }
  // Of a disk that is full nobody says how much there was on it.
  if (quotaBytes !== undefined && !faults.some(({ kind }) => kind === "fullDisk"))
    report(
      "room",
      judgeRoom(
        all.flatMap((each) => each.refusals),
        truth,
        quotaBytes,
      ),
    );
  report("reads", judgeOldReads(history, truth));
  if (leader) report("members", judgeMembers(membersHistory(troupe, leader)));
  for (const each of troupe.watchers) {
    const wrong = judgeWatcher(simulation.dataOf(each) as StoreWatcherData, truth);
    report("watches", wrong === undefined ? undefined : `${each}: ${wrong}`);
  }
}

function membersHistory({ simulation, run, members, clients }: Troupe, leader: StoreData) {
  const everybody = clients.map((each) => simulation.dataOf(each) as StoreClientData);
  const asked = everybody.flatMap((each) => changesOf(each));
  return {
    ...{ founders: members.slice(0, run.stores), asked, members: membersOf(leader.raft) },
    isDoubled: run.faults.some(({ kind }) => kind === "duplication"),
    endMs: simulation.uptimeMs(),
  };
}

/** What everybody of the group shows at the end. */
function finale(troupe: Troupe): readonly StoreOperation[] {
  const { simulation } = troupe;
  return groupOf(troupe).flatMap(({ raft: { self } }) => {
    const callMs = simulation.uptimeMs();
    const request = { type: "store.range", ...allKeys } as const;
    const answer = simulation.askNow(self, request, finaleMsMax) as StoreAnswer;
    return answer.type === "store.error"
      ? []
      : [{ input: request, output: answer, callMs, returnMs: simulation.uptimeMs() }];
  });
}

/** Whether what should be equal, as both have applied the same, is not. */
function isAnother(one: Keyspace, other: Keyspace | undefined): boolean {
  return other?.appliedIndex === one.appliedIndex && dump(one) !== dump(other);
}

function dump(keyspace: Keyspace | undefined): string {
  const all: unknown[] = [keyspace?.revision, keyspace?.compactedRevision, keyspace?.space];
  keyspace?.keys.each("", undefined, (versions) => void all.push(versions));
  const leases = [...(keyspace?.leases.byId.values() ?? [])].map(({ keys, ...lease }) => [lease, [...keys].sort()]);
  return JSON.stringify([all, keyspace?.leases.clockMs, leases]);
}
