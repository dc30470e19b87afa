import fc from "fast-check";
import type { Fault, Trigger } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { apiServerAddress, storeAddress } from "../../../scenarios/cluster/topology.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { folders, tiers } from "./folders.ts";
import type { ApiCommand, ApiDeed, ApiServerRun, Condition, FolderName } from "./run.ts";
import { beginMs } from "./stage.ts";

const [clientsMax, phrasesMax, faultsMax] = [4, 13, 5];
/** When faults end. */
const healsAtMs = [2_000, 3_000, 5_000] as const;

/** API servers with work and faults: everything that the cluster around them would only slow down is left out. */
export function apiServerRuns({
  mutation,
  withoutFaults = false,
  shape,
}: RunDefinitionOptions = {}): fc.Arbitrary<ApiServerRun> {
  const size = fc.record({
    servers: shape?.apiservers === undefined ? fc.constantFrom(1, 2, 2) : fc.constant(shape.apiservers),
    stores: shape?.stores === undefined ? fc.constantFrom(1, 1, 1, 3) : fc.constant(shape.stores),
    clients: fc.integer({ min: 1, max: clientsMax }),
    healAtMs: fc.constantFrom(...healsAtMs),
    favourite: fc.constantFrom(...(Object.keys(folders) as FolderName[]), undefined),
  });
  return size.chain(({ servers, stores, clients, healAtMs, favourite }) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        workload: fc
          .array(phrase(servers, clients, favourite), { minLength: 8, maxLength: clients * phrasesMax, size: "max" })
          .map((phrases) => phrases.flat()),
        watchEventsMax: fc.constantFrom(3, 8, 2_048),
        compactionMs: fc.constantFrom(150, 500, 300_000),
        serviceBits: fc.constantFrom(24, 28, 28),
        faults: withoutFaults ? fc.constant([]) : plan({ servers, stores, clients, healAtMs }),
      })
      .map((rest): ApiServerRun => {
        return {
          ...{ suite: "apiserver", servers, stores, clients, healAtMs, ...rest },
          ...(mutation === undefined ? {} : { mutation }),
        };
      }),
  );
}

/** What a client does one after the other. */
function phrase(
  servers: number,
  clients: number,
  favourite: FolderName | undefined,
): fc.Arbitrary<readonly ApiCommand[]> {
  const afterMs = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: 30, max: 600 }) },
  );
  const all = Object.keys(folders) as FolderName[];
  const place = favourite === undefined ? fc.constantFrom(...all) : fc.constant(favourite);
  const deeds = fc.oneof(
    { weight: 8, arbitrary: place.chain(deed).map((each): readonly ApiDeed[] => [each]) },
    { weight: 1, arbitrary: place.chain(again) },
  );
  const how = fc.record({ afterMs, to: fc.nat(servers - 1) });
  return fc
    .record({ deeds, client: fc.nat(clients - 1), hows: fc.tuple(how, how, how, how) })
    .map(({ deeds: some, client, hows }) =>
      some.map((each, index): ApiCommand => ({ ...each, client, ...(hows[index % hows.length] as (typeof hows)[0]) })),
    );
}

/** An object is deleted and made anew under its name, or made and used at once: what others saw of it is another one's. */
function again(folder: FolderName): fc.Arbitrary<readonly ApiDeed[]> {
  return nthIn(folder).map((nth): readonly ApiDeed[] => {
    const made: ApiDeed = { op: "create", folder, nth };
    const gone: ApiDeed = { op: "delete", folder, nth, condition: "none", seconds: 0 };
    const seen: ApiDeed = { op: "get", folder, nth };
    const running: ApiDeed = { op: "update", folder, nth, part: "status", condition: "version", finalizers: "keep" };
    return folder === "pods"
      ? [made, { op: "bind", nth, node: nth % 2, condition: "none" }, seen, running]
      : [gone, made];
  });
}

/** Some names are more wanted than others. */
function nthIn(folder: FolderName): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(0), fc.nat(folders[folder].names - 1));
}

const condition = fc.constantFrom<Condition>("none", "version", "uid");
const dry = fc.constantFrom({}, {}, {}, {}, {}, { dry: true as const });

function deed(folder: FolderName): fc.Arbitrary<ApiDeed> {
  const nth = nthIn(folder);
  const own = { folder: fc.constant(folder), nth };
  const tier = folder === "pods" ? fc.constantFrom("node-0", "node-1", "") : fc.constantFrom(...tiers);
  const selected = fc.oneof(
    fc.constant({}),
    tier.map((each) => ({ tier: each })),
  );
  const creation = fc
    .tuple(
      fc.record(own),
      fc.constantFrom({}, {}, {}, { generate: true as const }),
      fc.constantFrom({}, {}, { finalizer: true as const }),
      dry,
    )
    .map(([what, ...how]): ApiDeed => Object.assign({ op: "create" as const, ...what }, ...how));
  const deletion = fc
    .tuple(
      fc.record({ ...own, condition }),
      fc.constantFrom(
        {},
        {},
        { propagation: "Foreground" as const },
        { propagation: "Orphan" as const },
        { propagation: "Background" as const },
      ),
      fc.constantFrom({}, {}, { seconds: 0 }, { seconds: 5 }),
      dry,
    )
    .map(([what, ...how]): ApiDeed => Object.assign({ op: "delete" as const, ...what }, ...how));
  const list = fc
    .tuple(
      fc.record({
        folder: fc.constant(folder),
        match: fc.constantFrom(
          "newest" as const,
          "newest" as const,
          "any" as const,
          "notOlder" as const,
          "exact" as const,
        ),
        back: fc.nat(3),
        limit: fc.constantFrom(0, 0, 1, 2),
      }),
      selected,
    )
    .map(([what, how]): ApiDeed => ({ op: "list", ...what, ...how }));
  const watch = fc
    .tuple(
      fc.record({
        folder: fc.constant(folder),
        back: fc.constantFrom(0, 0, 1, 4),
        initial: fc.constantFrom(false, false, true),
      }),
      selected,
    )
    .map(([what, how]): ApiDeed => ({ op: "watch", ...what, ...how }));
  const get = fc
    .tuple(fc.record(own), fc.constantFrom({}, {}, { any: true as const }))
    .map(([what, how]): ApiDeed => ({ op: "get", ...what, ...how }));
  return fc.oneof(
    { weight: folder === "counted" ? 20 : 10, arbitrary: creation },
    { weight: folder === "counted" ? 2 : 20, arbitrary: changes(folder) },
    { weight: 4, arbitrary: deletion },
    {
      weight: 1,
      arbitrary: selected.map((how): ApiDeed => ({ op: "deleteAll", folder, ...(folder === "pods" ? {} : how) })),
    },
    { weight: 5, arbitrary: get },
    { weight: 7, arbitrary: list },
    { weight: 4, arbitrary: watch },
  );
}

/** What changes objects of a kind. */
function changes(folder: FolderName): fc.Arbitrary<ApiDeed> {
  const nth = nthIn(folder);
  const own = { folder: fc.constant(folder), nth };
  const finalizers = fc.constantFrom("keep" as const, "keep" as const, "drop" as const, "add" as const);
  const update = fc
    .tuple(fc.record({ ...own, condition, finalizers }), dry)
    .map(([what, how]): ApiDeed => ({ op: "update", part: "object", ...what, ...how }));
  const patch = fc
    .tuple(
      fc.record({
        ...own,
        condition,
        how: fc.constantFrom("merge" as const, "json" as const, "strategic" as const),
        takes: fc.boolean(),
      }),
      dry,
    )
    .map(([what, how]): ApiDeed => ({ op: "patch", ...what, ...how }));
  const status = fc
    .record(own)
    .map((what): ApiDeed => ({ op: "update", part: "status", condition: "version", finalizers: "keep", ...what }));
  const apply = fc
    .tuple(fc.record({ nth, extra: fc.boolean(), shared: fc.boolean(), force: fc.boolean() }), dry)
    .map(([what, how]): ApiDeed => ({ op: "apply", ...what, ...how }));
  const scale = fc.record({ nth, condition }).map((what): ApiDeed => ({ op: "scale", ...what }));
  const bind = fc
    .record({ nth, node: fc.nat(1), condition: fc.constantFrom("none" as const, "uid" as const) })
    .map((what): ApiDeed => ({ op: "bind", ...what }));
  const evict = nth.map((each): ApiDeed => ({ op: "evict", nth: each }));
  if (folder === "maps") return fc.oneof(update, patch, apply, apply);
  if (folder === "deployments") return fc.oneof(update, patch, status, scale);
  return folder === "pods" ? fc.oneof(update, patch, status, bind, bind, evict) : fc.oneof(update, patch);
}

/** Where faults can strike: servers and their store, and what clients hear. */
export function apiPlaces({ servers, stores, clients }: Pick<ApiServerRun, "servers" | "stores" | "clients">): Places {
  const fronts = Array.from({ length: servers }, (_each, index) => apiServerAddress(index));
  const backs = Array.from({ length: stores }, (_each, index) => storeAddress(index));
  const askers = Array.from({ length: clients }, (_each, index) => `client${index + 1}`);
  return {
    ...{ actors: [...fronts, ...backs], disks: backs, clocks: [...fronts, ...backs] },
    links: { from: fronts, to: [...backs, ...askers] },
    streams: [
      { from: backs, to: fronts, types: ["store.events"] },
      { from: fronts, to: askers, types: ["api.watch"] },
    ],
  };
}

/** What may go wrong between clients and servers, and between these and their store. */
function plan({
  healAtMs,
  ...size
}: Pick<ApiServerRun, "servers" | "stores" | "clients" | "healAtMs">): fc.Arbitrary<readonly Fault[]> {
  const places = apiPlaces(size);
  const forMs = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 1_500 }));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 4,
      arbitrary: fc.array(
        faultIn(
          places,
          { trigger: trigger(healAtMs), forMs },
          { damagedDisk: 0, lostDisk: 0, lostFsync: 0, tornWrite: 0 },
        ),
        { minLength: 1, maxLength: faultsMax },
      ),
    },
  );
}

function trigger(healAtMs: number): fc.Arbitrary<Trigger> {
  return fc.integer({ min: beginMs, max: healAtMs - 100 }).map((atMs): Trigger => ({ atMs }));
}
