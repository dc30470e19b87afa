import { configMap } from "../../actors/api/kinds/config_map.ts";
import type { ConfigMap, Frozen, KubeList } from "../../actors/api/types.ts";
import type { ApiClient } from "../../actors/client/api_client.ts";
import { createInformer, type Informer } from "../../actors/client/informer.ts";
import type { Failure, Then } from "../../actors/client/outcome.ts";
import type { StreamHandlers } from "../../actors/client/watch_streams.ts";
import { failed, ok } from "../../actors/kit/result.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { SmallWorld } from "./explore.ts";

/** How often what nobody has to do may happen. */
export interface InformerBounds {
  /** An object is created, changed or deleted, and created anew under its name. */
  readonly writes: number;
  /** A watch ends for no reason. */
  readonly breaks: number;
  /** The servers forget their history. */
  readonly compactions: number;
}

/** An informer with all that it has asked and not been told, and two servers, of which the second lags. */
export interface InformerWorld {
  /** All that happened. */
  readonly path: readonly string[];
  readonly key: string;
  readonly enabled: readonly string[];
  readonly wrong: string | undefined;
}

type List = Frozen<KubeList<ConfigMap>>;

/** What was written: an object has the revision of its last write as its version. */
interface Written {
  readonly revision: number;
  readonly name: string;
  readonly uid: string;
  readonly isGone: boolean;
  readonly isNew: boolean;
}

const pauseMs = 60_000;
const expired: Failure = { code: 410, reason: "Expired", message: "too old resource version" };
const ahead: Failure = {
  ...{ code: 504, reason: "Timeout", message: "Too large resource version" },
  status: { details: { causes: [{ reason: "ResourceVersionTooLarge", message: "" }] } } as never,
};

/**
 * An informer and the servers that it lists and watches: what is asked is answered by either, at any time, and what the
 * bounds allow happens in between. Informers are functions over hidden variables, so that a state is told by how it came
 * about, and made anew from that.
 */
export function informerAndServers(bounds: InformerBounds): SmallWorld<InformerWorld> {
  const played = (path: readonly string[]): InformerWorld => {
    const stage = createStage(bounds);
    for (const each of path) stage.happen(each);
    return { path, key: stage.key(), enabled: stage.enabled(), wrong: stage.wrong() };
  };
  return {
    initial: () => played([]),
    enabled: ({ enabled }) => enabled,
    after: ({ path }, name) => played([...path, name]),
    keyOf: ({ key }) => key,
    isIndependent,
    judge: ({ wrong }) => wrong,
  };
}

/** What is written last makes no difference to what the server does that lags, nor to the end of a watch or of a wait. */
function isIndependent(one: string, other: string): boolean {
  const isWrite = (name: string) => name.startsWith("write");
  const isApart = (name: string) => /^(answer by|open at|tell from) lagging$|^(break|wait)$/.test(name);
  return (isWrite(one) && isApart(other)) || (isApart(one) && isWrite(other));
}

function createStage(bounds: InformerBounds) {
  const control = createStep({ self: "informer", parent: "", incarnation: 0, randomKey: 1 });
  const history: Written[] = [{ revision: 1, name: "b", uid: "1", isGone: false, isNew: true }];
  const left = { ...bounds };
  const stream = { position: 0, isLagging: false, isOpen: false, hasHeard: false };
  const mirror = new Map<string, string>();
  /** What an object of a name must be newer than. */
  const floors = new Map<string, number>();
  let [lagging, compacted, nowMs, versionBefore] = [1, 0, 0, 0];
  let listing: { readonly asked: string; readonly then: Then<List> } | undefined;
  let watching: StreamHandlers | undefined;
  let timer: (() => void) | undefined;
  let isTroubled = false;
  let wrong: string | undefined;

  const client = {
    timers: {
      set: (_step: unknown, { body }: { body: (step: unknown) => void }) => {
        timer = () => body(control.step);
      },
      cancel: () => {
        timer = undefined;
      },
    },
    partName: (kind: string) => kind,
    list: (_step: unknown, { query }: { query: Record<string, string> }, then: Then<List>) => {
      listing = { asked: query.resourceVersion ?? "", then };
    },
    watch: (_step: unknown, { query }: { query: Record<string, string> }, handlers: StreamHandlers) => {
      Object.assign(stream, { position: Number(query.resourceVersion), isOpen: false, hasHeard: false });
      watching = handlers;
      const close = () => {
        if (watching === handlers) watching = undefined;
      };
      return { id: 1, close };
    },
  } as unknown as ApiClient;
  control.next(0, 0);
  const { step } = control;
  const informer: Informer<ConfigMap> = createInformer<ConfigMap>({ client, kind: configMap });
  informer.onChange(({ type, object, previous, stale }) => {
    const { name, uid = "", resourceVersion = "" } = object.metadata;
    const [version, floor] = [Number(resourceVersion), floors.get(name) ?? 0];
    const known = mirror.get(name);
    if ((type === "added") !== (known === undefined))
      wrong ??= `${name} is told as ${type}, and was ${known ?? "not there"}`;
    if (type === "updated" && previous?.metadata.uid !== uid) wrong ??= `${name} becomes another object without an end`;
    if (type !== "deleted" && version <= floor) wrong ??= `${name} goes back: it is told at ${version} after ${floor}`;
    // The list that shows no more of it may show its namesake, which can be as new as the list is.
    const gone = type === "deleted" ? Number(informer.version()) - (stale ? 1 : 0) : 0;
    floors.set(name, Math.max(floor, version, gone));
    if (type === "deleted") mirror.delete(name);
    else mirror.set(name, `${uid}@${version}`);
  });
  informer.start(step);

  const newest = () => history.at(-1)?.revision ?? 0;
  const seenBy = (isLagging: boolean) => (isLagging ? lagging : newest());
  const objectOf = ({ name, uid, revision }: Written) => ({
    metadata: { name, namespace: "x", uid, resourceVersion: String(revision) },
  });

  /** What there is at a revision, by name. */
  function stateAt(revision: number): Map<string, Written> {
    const state = new Map<string, Written>();
    for (const each of history) {
      if (each.revision > revision) break;
      if (each.isGone) state.delete(each.name);
      else state.set(each.name, each);
    }
    return state;
  }

  function write(what: string) {
    left.writes--;
    const revision = newest() + 1;
    const before = stateAt(newest()).get("a");
    const uid = what === "create" ? String(revision) : (before?.uid ?? "");
    history.push({ revision, name: "a", uid, isGone: what === "delete", isNew: what === "create" });
  }

  function answer(who: string) {
    const { asked = "", then } = listing ?? {};
    listing = undefined;
    const revision = who === "newest" ? newest() : seenBy(who === "lagging");
    if (asked !== "" && asked !== "0" && revision < Number(asked)) {
      isTroubled = true;
      return then?.(failed(ahead), step);
    }
    isTroubled = false;
    const items = [...stateAt(revision).values()].map(objectOf);
    const metadata = { resourceVersion: String(revision) };
    then?.(ok({ apiVersion: "v1", kind: "List", metadata, items } as unknown as List), step);
  }

  function open(isLagging: boolean) {
    const handlers = watching;
    const refusal = stream.position < compacted ? expired : stream.position > seenBy(isLagging) ? ahead : undefined;
    if (!refusal) {
      Object.assign(stream, { isLagging, isOpen: true });
      return handlers?.opened?.(step);
    }
    isTroubled = true;
    watching = undefined;
    handlers?.ended({ reason: "refused", failure: refusal }, step);
  }

  function tell() {
    const next = history.find(({ revision }) => revision > stream.position);
    if (!next) return;
    Object.assign(stream, { position: next.revision, hasHeard: true });
    const type = next.isGone ? "DELETED" : next.isNew ? "ADDED" : "MODIFIED";
    const object = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", ...objectOf(next) });
    watching?.events([{ type, object }], step);
  }

  function breakOff() {
    left.breaks--;
    const handlers = watching;
    watching = undefined;
    handlers?.ended({ reason: "gap" }, step);
  }

  function wait() {
    const body = timer;
    timer = undefined;
    nowMs += pauseMs;
    control.next(nowMs, nowMs);
    body?.();
  }

  function judge() {
    const version = Number(informer.version());
    if (version < versionBefore) wrong ??= `The mirror goes back from ${versionBefore} to ${version}`;
    versionBefore = version;
    if (listing === undefined && watching === undefined && timer === undefined)
      wrong ??= "The informer waits for nothing";
    if (watching === undefined || !stream.isOpen) return;
    const held = [...informer.values()].map(
      ({ metadata }) => `${metadata.name} ${metadata.uid}@${metadata.resourceVersion}`,
    );
    const there = [...stateAt(stream.position).values()].map(({ name, uid, revision }) => `${name} ${uid}@${revision}`);
    if (held.sort().join() !== there.sort().join()) {
      wrong ??= `The mirror has ${held.join() || "nothing"} where it was told of all up to ${stream.position}, which is ${there.join() || "nothing"}`;
    }
  }

  return {
    enabled(): readonly string[] {
      const isThere = stateAt(newest()).has("a");
      const mayTell = watching && stream.isOpen && stream.position < seenBy(stream.isLagging);
      return [
        ...(left.writes > 0 ? (isThere ? ["write update", "write delete"] : ["write create"]) : []),
        ...(left.compactions > 0 ? ["compact"] : []),
        ...(lagging < newest() ? ["catch up"] : []),
        ...(listing ? (listing.asked === "" ? ["answer newest"] : ["answer by first", "answer by lagging"]) : []),
        ...(watching && !stream.isOpen ? ["open at first", "open at lagging"] : []),
        ...(mayTell ? [`tell from ${stream.isLagging ? "lagging" : "first"}`] : []),
        ...(watching && stream.isOpen && left.breaks > 0 ? ["break"] : []),
        ...(timer ? ["wait"] : []),
      ];
    },
    happen(name: string) {
      const [verb, what = "", who = ""] = name.split(" ");
      if (verb === "write") write(what);
      else if (verb === "compact") {
        left.compactions--;
        compacted = newest();
      } else if (verb === "catch") lagging++;
      else if (verb === "answer") answer(what === "newest" ? what : who);
      else if (verb === "open") open(who === "lagging");
      else if (verb === "tell") tell();
      else if (verb === "break") breakOff();
      else wait();
      judge();
    },
    key: () =>
      JSON.stringify([
        ...[history, lagging, compacted, left, listing?.asked, watching && stream, timer !== undefined, isTroubled],
        ...[informer.version(), informer.synced(), [...mirror].sort(), [...floors].sort()],
      ]),
    wrong: () => wrong,
  };
}
