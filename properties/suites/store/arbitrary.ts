import fc from "fast-check";
import type { Fault, Trigger } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import type { Address } from "../../../runtime/mod.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { diskLosses, fullDisks } from "../../arbitraries/store_faults.ts";
import { replicaAddress } from "./replicas.ts";
import type { StoreCommand, StoreDeed, StoreRun, StoreWatcher } from "./run.ts";
import { echoes, type SceneOptions, storeScenes } from "./scenes.ts";

const [keys, leases] = [3, 2];
const [clientsMax, commandsMax, faultsMax] = [4, 12, 6];
/** When faults end: most runs are brief, for more of them; only the longest see a lease end. */
const healsAtMs = [500, 800, 1_200, 2_400] as const;

/** Groups of replicas, with work and faults: everything that the cluster around them would only slow down is left out. */
export function storeRuns({
  mutation,
  withoutFaults = false,
  shape,
}: RunDefinitionOptions = {}): fc.Arbitrary<StoreRun> {
  const size = fc.record({
    stores: shape?.stores === undefined ? fc.constantFrom(3, 3, 3, 3, 5, 1) : fc.constant(shape.stores),
    healAtMs: fc.constantFrom(...healsAtMs),
    electionMs: fc.constantFrom(150, 150, 300),
  });
  return size.chain(({ stores, healAtMs, electionMs }) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        clients: fc.integer({ min: 1, max: clientsMax }),
        workload: fc.array(command(stores), { minLength: 12, maxLength: clientsMax * commandsMax, size: "max" }),
        watchers: fc.array(watcher, { maxLength: 2 }),
        snapshotEntries: fc.constantFrom(4, 10, 10_000),
        plan: withoutFaults ? fc.constant(none) : plan(stores, { electionMs, untilMs: (healAtMs * 3) / 4 }),
        change: fc.constantFrom(false, false, true),
        changes: membership(stores),
        keeps: fc.constantFrom(...Array.from({ length: keepsOneOf }, (_each, index) => index === 0)),
        keeping: keeper(stores),
        lends: fc.constantFrom(...Array.from({ length: lendsOneOf }, (_each, index) => index === 0)),
        lending: lender(stores),
        crowds: fc.constantFrom(...Array.from({ length: crowdsOneOf }, (_each, index) => index === 0)),
        crowding: crowd(stores),
        quotaBytes: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, 3_000, 4_000),
        compacts: fc.constantFrom(...Array.from({ length: compactsOneOf }, (_each, index) => index === 0)),
        compacting: compactor(stores),
        tangled: stores < 3 ? fc.constant(undefined) : fc.option(tangle(stores), { freq: 2, nil: undefined }),
        // A key a part, a few, or all that there is.
        parts: fc.constantFrom({}, { snapshotPartLength: 1 }, { snapshotPartLength: 100 }),
      })
      .map(({ seed, clients, workload, watchers, snapshotEntries, plan: drawn, ...extra }) => {
        const { change, changes, keeps, keeping, lends, lending, crowds, crowding, compacts, compacting } = extra;
        const { quotaBytes, tangled } = extra;
        // A group that has become smaller bears less than it did: while disks are lost it stays as it is.
        const isChanging = change && stores > 1 && !drawn.isLosing;
        const work = workload.map((each): StoreCommand => ({ ...each, client: each.client % clients }));
        // Who changes the group, keeps a lease, compacts, or looks at one replica all the time, does nothing else.
        const others = [
          ...(isChanging ? [tangled ?? changes] : []),
          ...(keeps ? keeping : []),
          ...(lends ? [lending] : []),
          ...(compacts ? [compacting] : []),
          ...(crowds || drawn.isCrowded ? crowding : []),
        ];
        const theirs = others.flatMap((each, index) =>
          each.map((one): StoreCommand => ({ ...one, client: clients + index })),
        );
        return {
          ...{
            suite: "store" as const,
            seed,
            stores,
            spares: isChanging ? 1 : 0,
            clients: clients + others.length,
          },
          workload: [...work, ...theirs],
          watchers,
          ...(quotaBytes === undefined ? {} : { quotaBytes }),
          timings: { heartbeatMs: Math.floor(electionMs / 4), electionMs, snapshotEntries, ...extra.parts },
          faults: drawn.faults,
          healAtMs: drawn.isCrowded ? Math.max(healAtMs, 8 * electionMs) : healAtMs,
          ...(mutation === undefined ? {} : { mutation }),
        };
      }),
  );
}

const watcher: fc.Arbitrary<StoreWatcher> = fc
  .record({
    key: fc.constantFrom(undefined, undefined, 0),
    revision: fc.constantFrom(1, 1, 2, 8, 15),
    previous: fc.boolean(),
  })
  .map(({ key, ...rest }) => (key === undefined ? rest : { key, ...rest }));

function command(stores: number): fc.Arbitrary<StoreCommand> {
  const when = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 40, max: 400 }) },
  );
  return fc
    .record({ deed: deed(), client: fc.nat(clientsMax - 1), afterMs: when, to: fc.nat(stores - 1) })
    .map(({ deed: what, ...rest }) => ({ ...what, ...rest }));
}

function deed(): fc.Arbitrary<StoreDeed> {
  const [key, lease] = [fc.nat(keys - 1), fc.nat(leases - 1)];
  const list = fc.record({ limit: fc.constantFrom(0, 0, 1, 2), back: fc.constantFrom(0, 0, 1, 3) });
  const puts: fc.Arbitrary<StoreDeed> = fc
    .record({ key, lease: fc.option(lease, { freq: 3, nil: undefined }), previous: fc.boolean() })
    .map(({ key: name, lease: bound, previous }) => ({
      ...{ op: "put" as const, key: name },
      ...(bound === undefined ? {} : { lease: bound }),
      ...(previous ? { previous: true as const } : {}),
    }));
  const staleness = fc.constantFrom({}, {}, { stale: true as const });
  return fc.oneof(
    { weight: 5, arbitrary: puts },
    {
      weight: 4,
      arbitrary: fc.tuple(key, staleness).map(([name, how]): StoreDeed => ({ op: "get", key: name, ...how })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(list, staleness).map(([what, how]): StoreDeed => ({ op: "list", ...what, ...how })),
    },
    { weight: 2, arbitrary: key.map((name): StoreDeed => ({ op: "delete", key: name })) },
    { weight: 1, arbitrary: fc.constant<StoreDeed>({ op: "delete", key: 0, all: true }) },
    { weight: 5, arbitrary: fc.tuple(key, key).map(([name, other]): StoreDeed => ({ op: "swap", key: name, other })) },
    { weight: 1, arbitrary: lease.map((number): StoreDeed => ({ op: "grant", lease: number, ttlSeconds: 1 })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("renew" as const, "renew" as const, "revoke" as const), lease)
        .map(([op, number]): StoreDeed => ({ op, lease: number })),
    },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 3).map((back): StoreDeed => ({ op: "compact", back })) },
  );
}

/** A replica joins as a learner, is promoted, and one that was there leaves; or leadership goes from hand to hand. */
function membership(stores: number): fc.Arbitrary<readonly StoreCommand[]> {
  const afterMs = fc.integer({ min: 20, max: 300 });
  const at = fc.nat(stores - 1);
  const step = (op: "add" | "promote" | "remove" | "transfer", replica: fc.Arbitrary<number>) =>
    fc.record({ op: fc.constant(op), replica, afterMs, to: at, client: fc.constant(0) });
  const spare = fc.constant(stores);
  const joining = fc.tuple(
    ...[step("add", spare), step("promote", spare), step("promote", spare), step("transfer", fc.nat(stores))],
    ...[step("remove", at), step("add", spare), step("promote", spare)],
  );
  const round = fc.array(step("transfer", at), { minLength: 1, maxLength: 4 });
  return fc.oneof(joining, round);
}

/**
 * Changes in whatever order: most of them are refused, and must be. Of a group of two who leads can leave so that nobody
 * else hears of it, if its last word is lost: one goes at most.
 */
function tangle(stores: number): fc.Arbitrary<readonly StoreCommand[]> {
  const step = (op: "add" | "promote" | "remove") =>
    fc.record({
      ...{ op: fc.constant(op), replica: fc.nat(stores), afterMs: fc.integer({ min: 20, max: 300 }) },
      ...{ to: fc.nat(stores - 1), client: fc.constant(0) },
    });
  const some = fc.array(fc.oneof(step("add"), step("promote")), { minLength: 2, maxLength: 4 });
  return fc.tuple(some, step("remove"), some).map(([one, gone, other]) => [...one, gone, ...other]);
}

/** How few runs have a client that keeps a lease: they last for seconds. */
const keepsOneOf = 10;

/**
 * A lease is kept alive by renewing it in time, for longer than it would live by itself, and its key with it; perhaps
 * while leadership goes round, so that no leader has measured much of the time.
 */
function keeper(stores: number): fc.Arbitrary<readonly (readonly StoreCommand[])[]> {
  const renewing = fc.constantFrom(1, 1, 3).chain((ttlSeconds) => {
    const turn = fc.record({
      renewMs: fc.integer({ min: 600 * ttlSeconds, max: 950 * ttlSeconds }),
      lookMs: fc.integer({ min: 1, max: 40 }),
      to: fc.nat(stores - 1),
    });
    const [minLength, maxLength] = ttlSeconds === 1 ? [4, 7] : [2, 3];
    return fc.array(turn, { minLength, maxLength }).map((turns) => renewals(ttlSeconds, turns));
  });
  const round = fc
    .array(fc.integer({ min: 510, max: 800 }), { minLength: 8, maxLength: 14 })
    .map((gaps) =>
      gaps.map((afterMs, nth): StoreCommand => ({ op: "transfer", replica: nth % stores, afterMs, to: 0, client: 0 })),
    );
  const alone = renewing.map((each) => [each]);
  return stores === 1 ? alone : fc.oneof(alone, fc.tuple(renewing, round));
}

interface Turn {
  readonly renewMs: number;
  readonly lookMs: number;
  readonly to: number;
}

function renewals(ttlSeconds: number, turns: readonly Turn[]): readonly StoreCommand[] {
  const [key, lease] = [keys, leases];
  const at = { client: 0, afterMs: 1, to: 0 };
  return [
    { op: "grant", lease, ttlSeconds, ...at },
    { op: "put", key, lease, ...at },
    ...turns.flatMap(({ renewMs, lookMs, to }): readonly StoreCommand[] => [
      { op: "renew", lease, client: 0, afterMs: renewMs, to },
      { op: "get", key, client: 0, afterMs: lookMs, to },
    ]),
  ];
}

const lendsOneOf = 6;

/** Leases are granted, keys tied to them and freed again, and then they are revoked, with whatever is tied to them. */
function lender(stores: number): fc.Arbitrary<readonly StoreCommand[]> {
  const [one, other, lease] = [fc.nat(keys - 1), fc.nat(keys - 1), fc.nat(leases - 1)];
  const between = (key: number, name: number): readonly StoreDeed[] => [
    { op: "renew", lease: name },
    { op: "put", key },
    { op: "delete", key },
    { op: "swap", key, other: key },
    { op: "get", key },
  ];
  const round = fc
    .record({ one, other, lease, nth: fc.nat(4) })
    .map(({ one: key, other: second, lease: name, nth }) => {
      const deeds: readonly StoreDeed[] = [
        { op: "grant", lease: name, ttlSeconds: 1 },
        { op: "put", key, lease: name },
        { op: "put", key: second, lease: name },
        ...between(key, name).slice(nth, nth + 1),
        { op: "revoke", lease: name },
        { op: "list", limit: 0, back: 0 },
      ];
      return deeds;
    });
  return fc
    .tuple(fc.array(round, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 40 }), fc.nat(stores - 1))
    .map(([rounds, afterMs, to]) => rounds.flat().map((deed): StoreCommand => ({ ...deed, client: 0, afterMs, to })));
}

/** How few runs have a crowd: each of its members asks a lot. */
const crowdsOneOf = 8;

/** Every replica has clients of its own, who read and write without a pause: what one of them shows is old at once. */
function crowd(stores: number): fc.Arbitrary<readonly (readonly StoreCommand[])[]> {
  const afterMs = fc.integer({ min: 1, max: 40 });
  const [key, client] = [fc.nat(keys - 1), fc.constant(0)];
  const at = (to: number) =>
    fc.oneof(
      {
        weight: 2,
        arbitrary: fc.record({ op: fc.constant("get" as const), key, afterMs, client, to: fc.constant(to) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ op: fc.constant("put" as const), key, afterMs, client, to: fc.constant(to) }),
      },
    );
  const asker = (to: number) => fc.array(at(to), { minLength: 15, maxLength: 30, size: "max" });
  return fc.tuple(...Array.from({ length: Math.max(2, 2 * Math.min(stores, 3)) }, (_each, nth) => asker(nth % stores)));
}

const compactsOneOf = 5;

/** All history is forgotten again and again: who was away is told that it is gone, or it is lost. */
function compactor(stores: number): fc.Arbitrary<readonly StoreCommand[]> {
  const turn = fc.record({
    op: fc.constant("compact" as const),
    back: fc.constantFrom(0, 0, 1),
    client: fc.constant(0),
    afterMs: fc.integer({ min: 20, max: 120 }),
    to: fc.nat(stores - 1),
  });
  return fc.array(turn, { minLength: 5, maxLength: 10 });
}

interface Plan {
  readonly faults: readonly Fault[];
  /** Whether a minority loses what is on its disks. */
  readonly isLosing: boolean;
  /** Whether it shows only to those who ask all the time. Default false. */
  readonly isCrowded?: boolean;
}

const none: Plan = { faults: [], isLosing: false };

function plan(stores: number, timing: Omit<SceneOptions, "members">): fc.Arbitrary<Plan> {
  const { untilMs, electionMs } = timing;
  const members = membersOf(stores);
  const usual = usualFaults(members, untilMs);
  const scene = storeScenes({ members, ...timing });
  const together = (...parts: readonly fc.Arbitrary<readonly Fault[]>[]) =>
    fc.tuple(...parts).map((faults): Plan => ({ faults: faults.flat(), isLosing: false }));
  const alone = together(usual);
  const full = together(usual, fullDisks({ members, untilMs }));
  if (stores === 1) return fc.oneof({ weight: 4, arbitrary: alone }, { weight: 1, arbitrary: full });
  const losing = together(usual, diskLosses({ members, untilMs })).map((each) => ({ ...each, isLosing: true }));
  return fc.oneof(
    { weight: 3, arbitrary: alone },
    { weight: 5, arbitrary: together(scene) },
    { weight: 2, arbitrary: together(scene, scene) },
    { weight: 1, arbitrary: full },
    { weight: 1, arbitrary: together(echoes({ members, electionMs })).map((each) => ({ ...each, isCrowded: true })) },
    { weight: 2, arbitrary: losing },
    { weight: 1, arbitrary: lies(members, untilMs) },
  );
}

/** Where faults can strike: a group's replicas, their disks and clocks, and what they say. */
export function storePlaces(stores: number): Places {
  const members = membersOf(stores);
  return {
    ...{ actors: members, disks: members, clocks: members },
    links: { from: members },
    datagrams: { from: members, to: members },
    streams: [{ from: members, to: ["*"], types: ["store.events"] }],
  };
}

function membersOf(stores: number): readonly Address[] {
  return Array.from({ length: stores }, (_, index) => replicaAddress(`${index}`));
}

function usualFaults(members: readonly Address[], untilMs: number): fc.Arbitrary<readonly Fault[]> {
  const places = storePlaces(members.length);
  const forMs = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 1_500 }));
  return fc.array(faultIn(places, { trigger: trigger(members, untilMs), forMs }), { maxLength: faultsMax });
}

/** At a time, or when a replica does something telling: `reply` is the answer of its disk. */
function trigger(members: readonly Address[], untilMs: number): fc.Arbitrary<Trigger> {
  const actor = fc.constantFrom(...members);
  const events = ["reply", "raft.append", "raft.append.ok", "raft.vote", "raft.snapshot", "store.txn"];
  return fc.oneof(
    { weight: 3, arbitrary: fc.nat(untilMs).map((atMs): Trigger => ({ atMs })) },
    {
      weight: 1,
      arbitrary: fc.record({ actor, phase: fc.constantFrom("leader", "candidate"), nth: fc.constantFrom(1, 2) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ actor, event: fc.constantFrom(...events), nth: fc.integer({ min: 1, max: 30 }) }),
    },
  );
}

/** One disk says that it synced, and did not; nothing else is wrong, as Raft promises no more: see `lyingDisk`. */
function lies(members: readonly Address[], untilMs: number): fc.Arbitrary<Plan> {
  return fc
    .record({
      liar: fc.constantFrom(...members),
      fromMs: fc.nat(Math.floor(untilMs / 2)),
      lyingMs: fc.integer({ min: 100, max: untilMs }),
      crashes: fc.array(fc.tuple(fc.integer({ min: 100, max: untilMs }), fc.integer({ min: 1, max: 300 })), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    .map(({ liar, fromMs, lyingMs, crashes }): Plan => {
      const parameters = { actor: liar };
      const lie: Fault = { kind: "lostFsync", parameters, trigger: { atMs: fromMs }, forMs: lyingMs };
      const ends = crashes.map(([atMs, forMs]): Fault => ({ kind: "crash", parameters, trigger: { atMs }, forMs }));
      return { faults: [lie, ...ends], isLosing: true };
    });
}
