import { setup } from "xstate";
import { isOpenToController } from "../../actors/api/owner_references.ts";
import type { Status } from "../../actors/api/status.ts";
import type { Fields, Frozen, KubeObject } from "../../actors/api/types.ts";
import type { ApiRequest, ApiResponse, ApiServerRequest, WatchEvent } from "../../actors/apiserver/messages.ts";
import { type Address, type ChartTypes, defineActor, type Mail, reducers, type Step } from "../../runtime/mod.ts";

interface Stored extends Fields {
  metadata: Fields & { name: string; namespace?: string; uid: string; resourceVersion: string };
  spec?: Fields;
  status?: Fields;
}

interface Watcher {
  readonly to: Address;
  readonly watch: number;
  readonly request: ApiRequest;
  sequence: number;
}

/** What the fake keeps; tests may read all of it, and set `isDown` to have it answer nothing. */
export interface FakeApiData {
  readonly objects: Map<string, Stored>;
  readonly watchers: Watcher[];
  /** All changes, oldest first: a watch begins with those after its version. */
  readonly history: {
    readonly version: number;
    readonly key: string;
    readonly stored: Stored;
    readonly event: WatchEvent;
  }[];
  /** Every write, oldest first. */
  readonly writes: { readonly verb: string; readonly resource: string; readonly name: string; readonly body: Fields }[];
  /** Every change, so that a watch can begin where a list ended. */
  readonly changes: { readonly key: string; readonly type: WatchEvent["type"]; readonly object: Stored }[];
  version: number;
  uids: number;
}

const { on, act, begin } = reducers<FakeApiData, ApiServerRequest>();
const heartbeatMs = 5_000;

/**
 * An API server in one small actor without storage, validation or lag, for tests of one component alone: it creates,
 * reads, updates, merges patches, deletes gracefully, and streams changes.
 */
export const fakeApi = defineActor<undefined>({
  kind: "fakeApi",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<FakeApiData, ApiServerRequest>,
    actions: {
      serve: on("api.request", (data, mail, step) => serve(data, mail, step)),
      unwatch: on("api.unwatch", (data, { from, body }) => {
        const index = data.watchers.findIndex(({ to, watch }) => to === from && watch === body.watch);
        if (index >= 0) data.watchers.splice(index, 1);
      }),
      beat: act((data, _event, step) => {
        for (const watcher of data.watchers) tell(step, watcher, []);
        step.timer("beat", heartbeatMs);
      }),
    },
  }).createMachine({
    id: "fakeApi",
    initial: "serving",
    context: begin(() => ({
      objects: new Map(),
      watchers: [],
      history: [],
      writes: [],
      changes: [],
      version: 1,
      uids: 0,
    })),
    states: {
      serving: {
        entry: "beat",
        on: {
          "api.request": { actions: "serve" },
          "api.unwatch": { actions: "unwatch" },
          "timer.beat": { actions: "beat" },
        },
      },
    },
  }),
});

function serve(data: FakeApiData, mail: Mail<ApiRequest>, step: Step) {
  const { body: request } = mail;
  const answer = (code: number, body: unknown) => {
    const failure = code < 400 ? {} : { status: body as Status };
    step.reply(mail, { type: "api.response", code, body: JSON.stringify(body), ...failure } satisfies ApiResponse);
  };
  const key = keyFor(request, request.name ?? "");
  const found = data.objects.get(key);
  switch (request.verb) {
    case "get":
      return found ? answer(200, found) : answer(404, failure(404, "NotFound"));
    case "list": {
      const items = [...data.objects].filter(([at, each]) => matches(request, at, each)).map(([, each]) => each);
      return answer(200, {
        kind: "List",
        apiVersion: "v1",
        metadata: { resourceVersion: String(data.version) },
        items,
      });
    }
    case "watch": {
      const watcher = { to: mail.from, watch: request.watch ?? 0, request, sequence: 0 };
      data.watchers.push(watcher);
      answer(200, {});
      const missed = data.changes.filter(
        (change) =>
          Number(change.object.metadata.resourceVersion) > Number(request.query?.resourceVersion ?? data.version) &&
          matches(request, change.key, change.object),
      );
      const events = missed.map(({ type, object }) => ({ type, object: JSON.stringify(object) }));
      return events.length > 0 ? tell(step, watcher, events) : undefined;
    }
  }
  const body = JSON.parse(request.body ?? "{}") as Stored;
  data.writes.push({ verb: request.verb, resource: request.resource, name: request.name ?? body.metadata?.name, body });
  if (request.subresource === "binding") return bind(data, { key, found, body, step, answer });
  if (request.verb === "create") return create(data, { request, body, step, answer });
  if (!found) return answer(404, failure(404, "NotFound"));
  const wantedUid = (body.preconditions as Fields | undefined)?.uid ?? body.metadata?.uid;
  if (wantedUid !== undefined && wantedUid !== found.metadata.uid) return answer(409, failure(409, "Conflict"));
  if (request.verb === "delete") return remove(data, { key, found, body, step, answer });
  const next = request.verb === "patch" ? (merge(found, body) as Stored) : body;
  next.metadata.uid = found.metadata.uid;
  put(data, { key, object: next, type: "MODIFIED", step });
  answer(200, next);
}

interface Write {
  readonly step: Step;
  readonly body: Stored;
  readonly answer: (code: number, body: unknown) => void;
}

function create(data: FakeApiData, { request, body, step, answer }: Write & { readonly request: ApiRequest }) {
  const key = keyFor(request, body.metadata.name);
  if (data.objects.has(key)) return answer(409, failure(409, "AlreadyExists"));
  const { namespace } = request;
  body.metadata = { ...(namespace ? { namespace } : {}), ...body.metadata, uid: `uid-${++data.uids}`, generation: 1 };
  body.status ??= {};
  put(data, { key, object: body, type: "ADDED", step });
  answer(201, body);
}

/** A pod is bound once. */
function bind(
  data: FakeApiData,
  { key, found, body, step, answer }: Write & { key: string; found: Stored | undefined },
) {
  if (!found) return answer(404, failure(404, "NotFound"));
  if (found.metadata.uid !== body.metadata.uid || found.spec?.nodeName) return answer(409, failure(409, "Conflict"));
  const nodeName = (body.target as Fields).name;
  const condition = { type: "PodScheduled", status: "True" };
  const object = merge(found, { spec: { nodeName }, status: { conditions: [condition] } }) as Stored;
  put(data, { key, object, type: "MODIFIED", step });
  answer(201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}

/** Pods on a node are only marked until their kubelet deletes them with a grace period of 0. */
function remove(data: FakeApiData, { key, found, body, step, answer }: Write & { key: string; found: Stored }) {
  const spec = found.spec ?? {};
  const graceSeconds = (body.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30) as number;
  if (key.startsWith("pods/") && graceSeconds > 0) {
    const marks = { deletionTimestamp: "2030-01-01T00:00:00Z", deletionGracePeriodSeconds: graceSeconds };
    const object = { ...found, metadata: { ...found.metadata, ...marks } };
    put(data, { key, object, type: "MODIFIED", step });
    return answer(200, object);
  }
  put(data, { key, object: found, type: "DELETED", step });
  answer(200, found);
}

function put(
  data: FakeApiData,
  { key, object, type, step }: { key: string; object: Stored; type: WatchEvent["type"]; step: Step },
) {
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++data.version) } };
  object.metadata.resourceVersion = String(data.version);
  if (type === "DELETED") data.objects.delete(key);
  else data.objects.set(key, stored);
  data.changes.push({ key, type, object: stored });
  const event = { type, object: JSON.stringify(stored) };
  data.history.push({ version: data.version, key, stored, event });
  for (const watcher of data.watchers) {
    if (matches(watcher.request, key, stored)) tell(step, watcher, [event]);
  }
}

function tell(step: Step, watcher: Watcher, events: readonly WatchEvent[]) {
  watcher.sequence++;
  const { watch, sequence } = watcher;
  step.send(watcher.to, { type: "api.watch", pieces: [{ watch, sequence, events }] } as never);
}

function keyFor({ resource, namespace = "" }: ApiRequest, name: string): string {
  return `${resource}/${namespace}/${name}`;
}

function matches({ resource, query, openTo }: ApiRequest, key: string, object: Stored): boolean {
  if (!key.startsWith(`${resource}/`)) return false;
  if (openTo !== undefined && !isOpenToController(object as Frozen<KubeObject>, openTo)) return false;
  const [, field, value] = /^(spec\.nodeName|metadata\.name)=(.*)$/.exec(query?.fieldSelector ?? "") ?? [];
  if (field === undefined) return true;
  return (field === "metadata.name" ? object.metadata.name : object.spec?.nodeName) === value;
}

/** As much of a strategic merge as status patches need: conditions by type, IPs by ip, all other lists replaced. */
function merge(before: unknown, patch: unknown, field = ""): unknown {
  if (Array.isArray(patch)) return mergeList(before, patch, field);
  if (typeof patch !== "object" || patch === null) return patch;
  const merged: Fields = { ...(before as Fields | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null && key !== "lastProbeTime") delete merged[key];
    else merged[key] = merge(merged[key], value, key);
  }
  return merged;
}

const mergeKeys: Readonly<Record<string, string>> = {
  conditions: "type",
  podIPs: "ip",
  hostIPs: "ip",
  addresses: "type",
};

function mergeList(before: unknown, patch: readonly unknown[], field: string): unknown {
  const by = mergeKeys[field];
  if (by === undefined) return patch;
  const merged = [...((before ?? []) as Fields[])];
  for (const item of patch as Fields[]) {
    const index = merged.findIndex((each) => each[by] === item[by]);
    if (item.$patch === "delete") merged.splice(index, index < 0 ? 0 : 1);
    else if (index < 0) merged.push(merge({}, item) as Fields);
    else merged[index] = merge(merged[index], item) as Fields;
  }
  return merged;
}

function failure(code: number, reason: string) {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message: reason, reason, code };
}
