import { setup } from "xstate";
import { decode } from "../../actors/api/codec.ts";
import { configMap } from "../../actors/api/kinds/config_map.ts";
import type { ConfigMap, Frozen, KubeList } from "../../actors/api/types.ts";
import type { WatchEvent } from "../../actors/apiserver/messages.ts";
import { type ApiClient, createApiClient, type WatchHandle } from "../../actors/client/api_client.ts";
import type { Outcome, Then } from "../../actors/client/outcome.ts";
import { type Address, type ChartTypes, defineActor, type Message, reducers, type Step } from "../../runtime/mod.ts";
import type { ListMatch, Reading, SeenEvent, SeenObject, WatchReading, WriteReading } from "./readings.ts";

/** The input of a reader. */
export interface ApiReaderInput {
  readonly servers: readonly Address[];
}

/** What a reader knows; checks read what it saw. */
export interface ApiReaderData {
  /** One for each server: which of them it asks is drawn anew each time. */
  readonly clients: readonly ApiClient[];
  readonly readings: Reading[];
  /** Versions that it has seen, the newest last. */
  readonly versions: number[];
  /** The version of each object as it saw it last. */
  readonly objects: Map<string, number>;
  isAsking: boolean;
  isLast: boolean;
}

/** Where readers are: two, so that they meet. */
export const readerAddresses: readonly Address[] = ["reader/0", "reader/1"];
/** Where their ConfigMaps are, and whoever else's. */
export const readerNamespace = "kube-public";

const names = 5;
const tiers = ["a", "b"];
const pageSize = 2;
const beginMs = 2_000;
/** Those who write are through by then, so that they do not disturb the rest at the end. */
const writeUntilMs = 29_000;
const pauseMs = { calmChance: 0.2, calmMax: 4_000, hurriedMax: 120, nextChance: 0.4 };
const watchMsMax = 5_000;
const watchesMax = 3;
const timeoutMs = 4_000;
const versionsMax = 12;

const { act, begin } = reducers<ApiReaderData, Message>();

function proceed(data: ApiReaderData, step: Step) {
  if (data.isAsking || data.isLast) return;
  if (step.uptimeMs > writeUntilMs) {
    data.isLast = true;
    return watch(data, step);
  }
  const luck = step.float();
  if (luck < 0.45) return write(data, step);
  if (luck < 0.55) return get(data, step);
  if (luck < 0.8) return list(data, step);
  watch(data, step);
  rest(data, step);
}

function rest(data: ApiReaderData, step: Step) {
  data.isAsking = false;
  const luck = step.float();
  // What follows at once meets servers that have not heard of it yet.
  if (luck < pauseMs.nextChance) return step.timer("next", 0);
  step.timer("next", 1 + step.int(luck > 1 - pauseMs.calmChance ? pauseMs.calmMax : pauseMs.hurriedMax));
}

const anyClient = ({ clients }: ApiReaderData, step: Step) => clients[step.int(clients.length)] as ApiClient;

function note(data: ApiReaderData, reading: Reading, versions: readonly number[]) {
  data.readings.push(reading);
  data.versions.push(...versions);
  data.versions.splice(0, data.versions.length - versionsMax);
}

/** What of an object readers look at. */
export function seenOf({ metadata, data = {} }: Frozen<ConfigMap>): SeenObject {
  const { name, resourceVersion = "0", labels } = metadata;
  return { name, version: Number(resourceVersion), tier: labels?.tier, data: JSON.stringify(data) };
}

function remember(data: ApiReaderData, seen: SeenObject) {
  data.objects.set(seen.name, seen.version);
}

// ---- Writing

function write(data: ApiReaderData, step: Step) {
  const name = `item-${step.int(names)}`;
  const known = data.objects.get(name);
  const luck = step.float();
  if (known === undefined || luck < 0.15) return create(data, name, step);
  if (luck < 0.35) return remove(data, { name, expect: step.float() < 0.5 ? known : undefined }, step);
  if (luck < 0.55) return update(data, { name, expect: known }, step);
  patch(data, name, step);
}

/** What a reader writes no other writes: who loses a field of another's has not looked what there is. */
const fieldOf = (step: Step) => step.self.replace("/", "-");

const drawn = (step: Step) => ({ tier: tiers[step.int(tiers.length)] as string, text: `${step.uptimeMs}` });

interface Writing {
  readonly verb: WriteReading["verb"];
  readonly name: string;
  readonly expect?: number | undefined;
  readonly field?: string | undefined;
}

function writes(data: ApiReaderData, { verb, name, expect, field }: Writing, step: Step): Then<unknown> {
  data.isAsking = true;
  const callMs = step.uptimeMs;
  return (outcome, later) => {
    if (outcome.ok) {
      const seen = verb === "delete" ? undefined : seenOf(outcome.value as Frozen<ConfigMap>);
      if (seen) remember(data, seen);
      else data.objects.delete(name);
      const reading = { op: "write", verb, name, seen, expect, field, callMs, returnMs: later.uptimeMs } as const;
      note(data, reading, seen ? [seen.version] : []);
    } else if (outcome.failure.code === 404) data.objects.delete(name);
    else if (outcome.failure.code === 409) data.objects.set(name, data.objects.get(name) ?? 1);
    rest(data, later);
  };
}

function create(data: ApiReaderData, name: string, step: Step) {
  const { tier, text } = drawn(step);
  const object = mapOf({ name, tier, data: { [fieldOf(step)]: text } });
  const target = { kind: configMap, namespace: readerNamespace };
  anyClient(data, step).create(step, { ...target, object }, writes(data, { verb: "create", name }, step));
}

function update(data: ApiReaderData, { name, expect }: { readonly name: string; readonly expect: number }, step: Step) {
  const { tier, text } = drawn(step);
  const object = mapOf({ name, tier, data: { [fieldOf(step)]: text }, resourceVersion: String(expect) });
  const target = { kind: configMap, namespace: readerNamespace };
  anyClient(data, step).update(step, { ...target, object }, writes(data, { verb: "update", name, expect }, step));
}

function mapOf({ data, tier, ...named }: { name: string; tier: string; data: object; resourceVersion?: string }) {
  const metadata = { ...named, namespace: readerNamespace, labels: { tier } };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data } as ConfigMap;
}

function patch(data: ApiReaderData, name: string, step: Step) {
  const { tier, text } = drawn(step);
  const field = fieldOf(step);
  const labels = step.float() < 0.6 ? { metadata: { labels: { tier } } } : {};
  const contentType = "application/merge-patch+json" as const;
  const body = { patch: { ...labels, data: { [field]: text } }, contentType };
  const target = { kind: configMap, namespace: readerNamespace, name };
  anyClient(data, step).patch(step, { ...target, ...body }, writes(data, { verb: "patch", name, field }, step));
}

function remove(
  data: ApiReaderData,
  { name, expect }: { readonly name: string; readonly expect: number | undefined },
  step: Step,
) {
  const conditions = expect === undefined ? {} : { preconditions: { resourceVersion: String(expect) } };
  const target = { kind: configMap, namespace: readerNamespace, name, ...conditions };
  anyClient(data, step).remove(step, target, writes(data, { verb: "delete", name, expect }, step));
}

// ---- Reading

function get(data: ApiReaderData, step: Step) {
  data.isAsking = true;
  const name = `item-${step.int(names)}`;
  const callMs = step.uptimeMs;
  const target = { kind: configMap, namespace: readerNamespace, name };
  anyClient(data, step).get<ConfigMap>(step, target, (outcome, later) => {
    const seen = outcome.ok ? seenOf(outcome.value) : undefined;
    if (seen) remember(data, seen);
    if (outcome.ok || outcome.failure.code === 404) {
      note(data, { op: "get", name, seen, callMs, returnMs: later.uptimeMs }, seen ? [seen.version] : []);
    }
    rest(data, later);
  });
}

const tierQuery = (tier: string | undefined) => (tier === undefined ? {} : { labelSelector: `tier=${tier}` });
const anyTier = (step: Step) => (step.float() < 0.5 ? tiers[step.int(tiers.length)] : undefined);

function versionQuery(match: ListMatch, asked: number): Readonly<Record<string, string>> {
  if (match === "newest") return {};
  if (match === "any") return { resourceVersion: "0" };
  const resourceVersionMatch = match === "exact" ? "Exact" : "NotOlderThan";
  return { resourceVersion: String(asked), resourceVersionMatch };
}

function list(data: ApiReaderData, step: Step) {
  const matches: readonly ListMatch[] = ["newest", "newest", "any", "notOlder", "exact"];
  const wanted = matches[step.int(matches.length)] as ListMatch;
  const asked = data.versions[step.int(data.versions.length || 1)] ?? 0;
  const match = asked === 0 && wanted !== "any" ? "newest" : wanted;
  const tier = anyTier(step);
  const isPaged = step.float() < 0.4;
  data.isAsking = true;
  const pages: { readonly version: number; readonly items: readonly SeenObject[] }[] = [];
  const [client, callMs] = [anyClient(data, step), step.uptimeMs];
  const target = { kind: configMap, namespace: readerNamespace };
  const limit = isPaged ? { limit: String(pageSize) } : {};
  const first = { ...tierQuery(tier), ...limit, ...versionQuery(match, asked) };

  const ask = (query: Readonly<Record<string, string>>, now: Step) =>
    client.list<ConfigMap>(now, { ...target, query }, (outcome: Outcome<Frozen<KubeList<ConfigMap>>>, later) => {
      if (!outcome.ok) return rest(data, later);
      const { metadata, items } = outcome.value;
      pages.push({ version: Number(metadata.resourceVersion), items: items.map(seenOf) });
      if (metadata.continue) return ask({ ...tierQuery(tier), ...limit, continue: metadata.continue }, later);
      const all = pages.flatMap((page) => page.items);
      for (const seen of all) remember(data, seen);
      const versions = pages.map(({ version }) => version);
      const named = match === "notOlder" || match === "exact" ? asked : 0;
      note(
        data,
        { op: "list", match, asked: named, tier, versions, items: all, callMs, returnMs: later.uptimeMs },
        versions.slice(0, 1),
      );
      rest(data, later);
    });
  ask(first, step);
}

function watch(data: ApiReaderData, step: Step) {
  const from = data.versions[step.int(data.versions.length || 1)] ?? 0;
  const isInitial = from === 0 || step.float() < 0.2;
  const tier = anyTier(step);
  const reading: WatchReading = {
    op: "watch",
    from,
    isInitial,
    tier,
    events: [],
    callMs: step.uptimeMs,
    openedMs: undefined,
    hasEnded: false,
  };
  data.readings.push(reading);
  const initial = isInitial ? { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" } : {};
  const query = {
    ...tierQuery(tier),
    ...initial,
    allowWatchBookmarks: "true",
    resourceVersion: from === 0 ? "" : String(from),
  };
  const handle: WatchHandle = anyClient(data, step).watch(
    step,
    { kind: configMap, namespace: readerNamespace, query },
    {
      opened: (later) => {
        reading.openedMs = later.uptimeMs;
      },
      events: (events) => {
        if (!reading.hasEnded) take(reading, events);
      },
      ended: () => {
        reading.hasEnded = true;
      },
    },
  );
  if (data.isLast) return;
  const lifeMs = 1 + step.int(watchMsMax);
  // One that is told to end while this many others are open goes on.
  data.clients[0]?.timers.set(step, {
    name: `watch.${data.readings.length % watchesMax}`,
    delayMs: lifeMs,
    body: (later) => {
      reading.hasEnded = true;
      handle.close(later);
    },
  });
}

function take(reading: WatchReading, events: readonly WatchEvent[]) {
  for (const { type, object } of events) {
    if (type === "ERROR") {
      reading.hasEnded = true;
      return;
    }
    const { metadata } = decode<ConfigMap>(object);
    const endsInitial = metadata.annotations?.["k8s.io/initial-events-end"] === "true";
    const seen: SeenEvent = { type, name: metadata.name, version: Number(metadata.resourceVersion), endsInitial };
    reading.events.push(seen);
  }
}

/**
 * A client that reads in all ways that there are what it and another like it write: gets, lists of each promise, in
 * pages, selected, and watches from versions that it saw before. It judges nothing.
 */
export const apiReader = defineActor<ApiReaderInput>({
  kind: "api_reader",
  module: import.meta.url,
  digest: ({ readings }: ApiReaderData) => readings.length,
  machine: setup({
    types: {} as ChartTypes<ApiReaderData, Message, ApiReaderInput>,
    actions: {
      wait: act((_data, _event, step) => step.timer("next", beginMs + step.int(beginMs))),
      take: act(({ clients }, event, step) => void clients.some((client) => client.handle(event, step))),
      proceed: act((data, _event, step) => proceed(data, step)),
    },
  }).createMachine({
    id: "api_reader",
    initial: "reading",
    context: begin(({ servers }: ApiReaderInput) => ({
      clients: servers.map((server, index) =>
        createApiClient({ servers: [server], name: `reader.${index}`, timeoutMs }),
      ),
      readings: [],
      versions: [],
      objects: new Map(),
      isAsking: false,
      isLast: false,
    })),
    on: {
      reply: { actions: "take" },
      failed: { actions: "take" },
      down: { actions: "take" },
      "api.watch": { actions: "take" },
      "api.watch.closed": { actions: "take" },
      "timer.reader.*": { actions: "take" },
    },
    states: { reading: { entry: "wait", on: { "timer.next": { actions: "proceed" } } } },
  }),
});
