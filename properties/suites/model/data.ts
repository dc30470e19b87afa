import { type Fields, jsonEqual } from "../../../actors/api/types.ts";
import type {
  ApiRequest,
  ApiWatchClosed,
  ApiWatchEvents,
  WatchEvent,
  WatchPiece,
} from "../../../actors/apiserver/messages.ts";
import type { Address, Step } from "../../../runtime/mod.ts";
import type { ModelApiInput, ModelChange, ModelDeed, ModelMetadata, ModelObject, PodTurn } from "./messages.ts";
import { isSelected } from "./selected.ts";

/** What a modelled API keeps; stages read all of it. */
export interface ModelApiData extends ModelApiInput {
  readonly objects: Map<string, ModelObject>;
  /** All changes there ever were, oldest first. */
  readonly changes: ModelChange[];
  readonly watchers: Watcher[];
  version: number;
  /** Watches can be taken up from this version on. */
  oldest: number;
  made: number;
  /** How many deeds and lapses are done. */
  done: number;
  lapsed: number;
  /** What becomes of pods, and when, the next first. */
  readonly turns: PodTurn[];
  /** How many changes whoever plays nodes has seen. */
  noticed: number;
  /** How many pods were given a node. */
  placed: number;
  /** What users want to make as soon as what bears its name is gone. */
  readonly waiting: ModelDeed[];
  /** How many writes there were of each sort that some are refused of. */
  readonly counted: Map<string, number>;
  /** When which request was refused, or changed nothing. */
  readonly refused: number[];
  readonly vain: VainWrite[];
  /** What was asked of objects and could not be done. */
  readonly failed: FailedRequest[];
}

/** A request that was answered with an error, and when. */
export interface FailedRequest {
  readonly by: Address;
  /** `update replicasets default/web`: of what is made, whoever it is made for. */
  readonly what: string;
  readonly code: number;
  readonly atMs: number;
}

/** A write that said what was there already. */
export interface VainWrite {
  readonly atMs: number;
  readonly key: string;
  readonly by: Address;
}

/** Whether pods are run by kubelets: they have their grace, and their generations are counted. */
export const hasKubelets = ({ endMs }: ModelApiInput): boolean => endMs === undefined;

interface Watcher {
  readonly to: Address;
  readonly watch: number;
  readonly resource: string;
  readonly fieldSelector: string;
  sequence: number;
}

/** A modelled API that keeps nothing yet. */
export function emptyModel(input: ModelApiInput): ModelApiData {
  return {
    ...input,
    ...{ objects: new Map(), changes: [], watchers: [], version: 1, oldest: 0, made: 0, done: 0, lapsed: 0, turns: [] },
    ...{ placed: 0, noticed: 0, waiting: [], counted: new Map(), refused: [], vain: [], failed: [] },
  };
}

/** What is to be stored under a key. */
export interface Written {
  readonly resource: string;
  readonly key: string;
  readonly object: Fields & { readonly metadata: Fields & { readonly name: string } };
  readonly by?: Address;
}

/** Where an object is kept. */
export function keyOf(resource: string, { namespace = "", name = "" }: { namespace?: string; name?: string }): string {
  return `${resource}/${namespace}/${name}`;
}

/** Stores an object, in the place of another or not, and tells whoever watches. */
export function put(data: ModelApiData, { resource, key, object, by }: Written, step: Step): ModelObject {
  const previous = data.objects.get(key);
  const metadata = {
    creationTimestamp: new Date(step.nowMs).toISOString(),
    ...object.metadata,
    uid: previous?.metadata.uid ?? `uid-${++data.made}`,
    resourceVersion: String(++data.version),
    ...(resource === "pods" && hasKubelets(data) ? { generation: generationOf(object, previous) } : {}),
  } as ModelMetadata;
  const stored: ModelObject = { status: {}, ...object, metadata };
  data.objects.set(key, stored);
  note(data, { resource, key, object: stored, ...(previous ? { previous } : {}), ...(by ? { by } : {}) }, step);
  return stored;
}

/** Counts what changes its spec, and its deletion. */
function generationOf({ spec, metadata }: Written["object"], previous: ModelObject | undefined): number {
  if (!previous) return 1;
  const isMarked = metadata.deletionTimestamp !== undefined && previous.metadata.deletionTimestamp === undefined;
  const isSame = !isMarked && jsonEqual(spec, previous.spec);
  return ((previous.metadata.generation as number | undefined) ?? 1) + (isSame ? 0 : 1);
}

/** What is to be deleted; watchers are shown it as it was last, or so. */
export interface Dropped extends Omit<Written, "object"> {
  readonly last?: ModelObject;
}

/** Deletes an object at once. */
export function drop(data: ModelApiData, { resource, key, by, last }: Dropped, step: Step): void {
  const previous = last ?? data.objects.get(key);
  if (!previous || !data.objects.has(key)) return;
  data.objects.delete(key);
  data.version++;
  note(data, { resource, key, previous, ...(by ? { by } : {}) }, step);
}

/** Has something become of an object after a while, if it is still the same. */
export function later(
  data: ModelApiData,
  {
    turn,
    afterMs,
    object,
    key,
  }: Pick<PodTurn, "turn" | "key"> & { readonly afterMs: number; readonly object: ModelObject },
  step: Step,
): void {
  const next: PodTurn = { atMs: step.uptimeMs + afterMs, key, uid: object.metadata.uid, turn };
  const at = data.turns.findIndex(({ atMs }) => atMs > next.atMs);
  data.turns.splice(at < 0 ? data.turns.length : at, 0, next);
}

/** Ends the pods of a node that is gone, as whoever collects pods does. */
export function collect(data: ModelApiData, node: string, step: Step): void {
  for (const [key, object] of data.objects) {
    if (key.startsWith("pods/") && object.spec?.nodeName === node) {
      later(data, { turn: "collect", key, object, afterMs: data.endMs ?? 0 }, step);
    }
  }
}

function note(data: ModelApiData, change: Omit<ModelChange, "version" | "atMs">, step: Step) {
  const noted: ModelChange = { ...change, version: data.version, atMs: step.uptimeMs };
  data.changes.push(noted);
  for (const watcher of data.watchers) {
    if (watcher.resource === change.resource) tell(step, watcher, eventsFor(watcher, noted));
  }
}

/** What a watcher is told of a change: what it does not want any more is gone for it. */
function eventsFor({ fieldSelector }: Watcher, { object, previous, version }: ModelChange): readonly WatchEvent[] {
  const had = previous !== undefined && isSelected(previous, fieldSelector);
  const has = object !== undefined && isSelected(object, fieldSelector);
  if (has) return [{ type: had ? "MODIFIED" : "ADDED", object: JSON.stringify(object) }];
  if (!had) return [];
  const last = object ?? previous;
  const metadata = { ...last?.metadata, resourceVersion: String(version) };
  return [{ type: "DELETED", object: JSON.stringify({ ...last, metadata }) }];
}

/** Opens a watch, which is told first what it has missed. */
export function openWatch(data: ModelApiData, { from, body }: { from: Address; body: ApiRequest }, step: Step): void {
  const { fieldSelector = "", resourceVersion = data.version } = body.query ?? {};
  const watcher = { to: from, watch: body.watch ?? 0, resource: body.resource, fieldSelector, sequence: 0 };
  data.watchers.push(watcher);
  const missed = data.changes.filter(
    ({ version, resource }) => resource === body.resource && version > Number(resourceVersion),
  );
  tell(
    step,
    watcher,
    missed.flatMap((change) => eventsFor(watcher, change)),
  );
}

function tell(step: Step, watcher: Watcher, events: readonly WatchEvent[]) {
  if (events.length === 0) return;
  watcher.sequence++;
  send(watcher, { watch: watcher.watch, sequence: watcher.sequence, events }, step);
}

function send({ to }: Watcher, piece: WatchPiece, step: Step) {
  const message: ApiWatchEvents = { type: "api.watch", pieces: [piece] };
  step.send(to, message);
}

/** Shows all watchers that their streams live, and how far they are. */
export function beat({ watchers }: ModelApiData, step: Step): void {
  for (const each of watchers) send(each, { watch: each.watch, sequence: each.sequence }, step);
}

/** Ends all watches. */
export function closeWatches({ watchers }: ModelApiData, step: Step): void {
  for (const { to, watch } of watchers.splice(0)) {
    const message: ApiWatchClosed = { type: "api.watch.closed", watch };
    step.send(to, message);
  }
}
