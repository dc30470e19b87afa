import fc from "fast-check";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { apiServerFaults } from "./faults.ts";
import { folders, tiers, usualFolders } from "./folders.ts";
import type { ApiCommand, ApiDeed, ApiServerRun, Condition, FolderName, HooksOfRun, RightsChange } from "./run.ts";
import { beginMs } from "./stage.ts";

const [clientsMax, phrasesMax] = [4, 13];
/** How long clients wait between two things, and when faults end, which strike while clients are at work. */
const paces = {
  quick: { afterMsMax: 30, longMsMax: 200, healAtMs: beginMs + 700 },
  slow: { afterMsMax: 400, longMsMax: 2_000, healAtMs: beginMs + 7_000 },
} as const;

type Pace = keyof typeof paces;

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
    pace: fc.constantFrom<Pace>("quick", "quick", "slow"),
    favourite: fc.constantFrom(...usualFolders, undefined),
    looks: fc.constantFrom(...Array.from({ length: looksOneOf }, (_each, index) => index === 0)),
    isHooked: fc.constantFrom(...Array.from({ length: hookedOneOf }, (_each, index) => index === 0)),
  });
  const sizes = size.map((drawn) => {
    if (drawn.looks) return { ...drawn, clients: clientsMax, isHooked: false };
    return drawn.isHooked ? { ...drawn, favourite: "hooked" as const } : drawn;
  });
  return sizes.chain(({ servers, stores, clients, pace, favourite, looks, isHooked }) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        workload: fc
          .array(looks ? look({ servers, clients, favourite }) : phrase({ servers, clients, pace, favourite }), {
            minLength: 4 * clients,
            maxLength: clients * phrasesMax,
            size: "max",
          })
          .map((phrases) => phrases.flat()),
        watchEventsMax: fc.constantFrom(3, 8, 2_048),
        compactionMs: fc.constantFrom(150, 500, 300_000),
        serviceBits: fc.constantFrom(24, 28, 28),
        patienceMs: fc.constantFrom(900, 12_000),
        few: fc.constantFrom({}, {}, { letters: 3 }),
        visit: clients > 1 ? fc.constantFrom({}, {}, {}, {}, {}, { guest: true as const }) : fc.constant({}),
        hooks: isHooked ? hooksOf(paces[pace].healAtMs, withoutFaults).map((hooks) => ({ hooks })) : fc.constant({}),
        faults: withoutFaults
          ? fc.constant([])
          : apiServerFaults({ servers, stores, clients, healAtMs: paces[pace].healAtMs, looks }),
        rights: fc.option(rightsOf({ servers, healAtMs: paces[pace].healAtMs }), { freq: 3, nil: undefined }),
      })
      .map(({ few, visit, hooks, rights, ...others }): ApiServerRun => {
        const changes = "guest" in visit && rights ? { rights } : {};
        const rest = { ...others, ...few, ...visit, ...hooks, ...changes };
        return {
          ...{ suite: "apiserver", servers, stores, clients, healAtMs: paces[pace].healAtMs, ...rest },
          ...(mutation === undefined ? {} : { mutation }),
        };
      }),
  );
}

/** A guest's rights are taken and given again, by turns, of the one sort or the other. */
function rightsOf({ servers, healAtMs }: { readonly servers: number; readonly healAtMs: number }) {
  const change = fc.record({
    atMs: fc.integer({ min: beginMs, max: healAtMs }),
    what: fc.constantFrom("binding" as const, "role" as const),
    isGiven: fc.boolean(),
    to: fc.nat(servers - 1),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 5, size: "max" })
    .map((all): readonly RightsChange[] => all.toSorted((a, b) => a.atMs - b.atMs));
}

/** How few runs are about what webhooks are asked of. */
const hookedOneOf = 8;

/** Webhooks, whose server is away, slow or broken now and then. */
function hooksOf(healAtMs: number, withoutFaults: boolean): fc.Arbitrary<HooksOfRun> {
  const spell = fc.record({
    atMs: fc.integer({ min: beginMs, max: healAtMs }),
    forMs: fc.integer({ min: 20, max: (healAtMs - beginMs) >> 1 }),
    how: fc.constantFrom("away" as const, "silent" as const, "broken" as const, "slow" as const),
  });
  return fc.record({
    failurePolicy: fc.constantFrom("Fail" as const, "Fail" as const, "Ignore" as const),
    spells: withoutFaults ? fc.constant([]) : fc.oneof(fc.constant([]), fc.array(spell, { maxLength: 3 })),
  });
}

interface Doing {
  readonly servers: number;
  readonly clients: number;
  readonly pace: Pace;
  /** What all of it is about. Default: everything. */
  readonly favourite: FolderName | undefined;
}

/** How few runs are about what many clients are shown at once. */
const looksOneOf = 8;

/** Clients ask one after the other, without a pause, for what is newest, and write in between. */
function look({ servers, clients, favourite }: Omit<Doing, "pace">): fc.Arbitrary<readonly ApiCommand[]> {
  const folder = favourite ?? "maps";
  const newest = { op: "list", folder, match: "newest", back: 0, limit: 0 } as const;
  // All are about one object, which is there soon.
  const about = { folder, nth: 0 } as const;
  const deed = fc.oneof(
    { weight: 5, arbitrary: fc.constant<ApiDeed>(newest) },
    { weight: 1, arbitrary: fc.constant<ApiDeed>({ op: "watch", folder, back: 0, initial: true }) },
    { weight: 2, arbitrary: fc.constant<ApiDeed>({ op: "create", ...about }) },
    {
      weight: 3,
      arbitrary: fc.constant<ApiDeed>({ op: "patch", ...about, how: "merge", condition: "none", takes: false }),
    },
  );
  return fc
    .record({ deed, client: fc.nat(clients - 1), afterMs: fc.nat(3), to: fc.nat(servers - 1) })
    .map(({ deed: what, ...rest }): readonly ApiCommand[] => [{ ...what, ...rest }]);
}

/** What a client does one after the other. */
function phrase({ servers, clients, pace, favourite }: Doing): fc.Arbitrary<readonly ApiCommand[]> {
  const { afterMsMax, longMsMax } = paces[pace];
  const afterMs = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: afterMsMax }) },
    { weight: 1, arbitrary: fc.integer({ min: afterMsMax, max: longMsMax }) },
  );
  const place = favourite === undefined ? fc.constantFrom(...usualFolders) : fc.constant(favourite);
  const deeds = fc.oneof(
    { weight: 8, arbitrary: place.chain(deed).map((each): readonly ApiDeed[] => [each]) },
    { weight: 3, arbitrary: place.chain(again) },
    { weight: 1, arbitrary: place.chain(glance) },
    { weight: 1, arbitrary: place.chain(series) },
  );
  const how = fc.record({ afterMs, to: fc.nat(servers - 1) });
  return fc
    .record({ deeds, client: fc.nat(clients - 1), hows: fc.tuple(how, how, how, how, how) })
    .map(({ deeds: some, client, hows }) =>
      some.map((each, index): ApiCommand => ({ ...each, client, ...(hows[index % hows.length] as (typeof hows)[0]) })),
    );
}

/** An object is deleted and made anew under its name, let go step by step, or made and used: what others saw of it is over. */
function again(folder: FolderName): fc.Arbitrary<readonly ApiDeed[]> {
  const ways = fc.constantFrom(
    ...(["anew", "twice", "held", "used", "used", "used", "careful", "careful", "other"] as const),
  );
  return fc.tuple(nthIn(folder), ways, condition).map(([nth, way, when]): readonly ApiDeed[] => {
    const made: ApiDeed = { op: "create", folder, nth };
    const seen: ApiDeed = { op: "get", folder, nth };
    const gone: ApiDeed = { op: "delete", folder, nth, condition: "none", seconds: 0 };
    const seenAs = folder === "widgets" ? "version" : "none";
    const freed: ApiDeed = { op: "update", folder, nth, part: "object", condition: seenAs, finalizers: "drop" };
    const running: ApiDeed = { op: "update", folder, nth, part: "status", condition: "version", finalizers: "keep" };
    // What it saw is over when it is asked, and it has not been told so: of these writes the answers show no object.
    const bound: ApiDeed = { op: "bind", nth, node: nth % 2, condition: "none" };
    const unseen: readonly ApiDeed[] =
      folder === "pods" ? [bound] : folder === "deployments" ? [{ op: "scale", nth, condition: "none" }] : [];
    if (way === "careful") return [seen, ...unseen, { ...gone, condition: when }];
    // Who has not heard that there is another object of that name means the one that is gone.
    if (way === "other") {
      const late: ApiDeed = { op: "update", folder, nth, part: "object", condition: "uid", finalizers: "keep" };
      return [made, gone, { ...made, blind: true }, late, { ...gone, condition: "uid" }];
    }
    if (way === "held") return [{ ...made, finalizer: true }, gone, seen, freed];
    // Who is told twice to go, each time in another way, is gone for good.
    if (way === "twice")
      return [made, { ...gone, propagation: "Foreground" }, { ...gone, propagation: "Background" }, made];
    if (way === "anew" || folder !== "pods") return [gone, made];
    return [made, bound, seen, running, { op: "evict", nth }];
  });
}

/** Who has made or changed something looks at once whether everybody is shown it. */
function glance(folder: FolderName): fc.Arbitrary<readonly ApiDeed[]> {
  const list: ApiDeed = { op: "list", folder, match: "newest", back: 0, limit: 0 };
  return nthIn(folder).map((nth): readonly ApiDeed[] => [
    { op: "create", folder, nth },
    list,
    { op: "patch", folder, nth, how: "merge", condition: "none", takes: false },
    list,
  ]);
}

/** Several are made one after the other whose names the server makes up. */
function series(folder: FolderName): fc.Arbitrary<readonly ApiDeed[]> {
  return fc
    .tuple(nthIn(folder), fc.integer({ min: 3, max: 6 }))
    .map(([nth, count]) =>
      Array.from({ length: count }, (): ApiDeed => ({ op: "create", folder, nth, generate: true })),
    );
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
        back: fc.constantFrom(0, 0, 1, 2, 4, 7),
        initial: fc.constantFrom(false, false, true),
      }),
      selected,
      fc.constantFrom({}, {}, { seconds: 1 }),
    )
    .map(([what, how, lasts]): ApiDeed => ({ op: "watch", ...what, ...how, ...lasts }));
  const get = fc
    .tuple(fc.record(own), fc.constantFrom({}, {}, { any: true as const }))
    .map(([what, how]): ApiDeed => ({ op: "get", ...what, ...how }));
  return fc.oneof(
    { weight: folder === "counted" ? 20 : 10, arbitrary: creation },
    { weight: folder === "counted" ? 2 : 20, arbitrary: changes(folder) },
    { weight: 4, arbitrary: deletion },
    {
      weight: 1,
      arbitrary: fc
        .tuple(selected, fc.constantFrom({}, {}, { dry: true as const }))
        .map(([how, tried]): ApiDeed => ({ op: "deleteAll", folder, ...(folder === "pods" ? {} : how), ...tried })),
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
  const status = fc.tuple(fc.record(own), dry).map(
    ([what, how]): ApiDeed => ({
      ...{ op: "update", part: "status", condition: "version", finalizers: "keep" },
      ...what,
      ...how,
    }),
  );
  const apply = fc
    .tuple(fc.record({ nth, extra: fc.boolean(), shared: fc.boolean(), force: fc.boolean() }), dry)
    .map(([what, how]): ApiDeed => ({ op: "apply", ...what, ...how }));
  const scale = fc
    .tuple(fc.record({ nth, condition }), dry)
    .map(([what, how]): ApiDeed => ({ op: "scale", ...what, ...how }));
  const bind = fc
    .tuple(fc.record({ nth, node: fc.nat(1), condition: fc.constantFrom("none" as const, "uid" as const) }), dry)
    .map(([what, how]): ApiDeed => ({ op: "bind", ...what, ...how }));
  const evict = fc.tuple(nth, dry).map(([each, how]): ApiDeed => ({ op: "evict", nth: each, ...how }));
  if (folder === "maps") return fc.oneof(update, patch, apply, apply);
  if (folder === "widgets") return fc.oneof(update, patch, status);
  if (folder === "deployments") return fc.oneof(update, patch, status, scale);
  return folder === "pods" ? fc.oneof(update, patch, status, bind, bind, evict) : fc.oneof(update, patch);
}
