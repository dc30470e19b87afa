import type { Fields } from "../../../actors/api/types.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import { present } from "../../../actors/kit/present.ts";
import { applyMarkKey, type Folder, finalizer, folders, markKey, nameOf, newObject, tiers } from "./folders.ts";
import type { ApiCommand, Condition } from "./run.ts";
import type { Thing } from "./truth.ts";

/** What a client knows when it asks. */
export interface Knowledge {
  /** From 1. */
  readonly client: number;
  /** How many commands it has begun. */
  readonly begun: number;
  /** Objects as it saw them last, by folder and name. */
  readonly seen: ReadonlyMap<string, Thing>;
  /** Versions of lists, and of objects, that it saw, the newest last, by folder. */
  readonly versions: ReadonlyMap<string, readonly number[]>;
}

/** Where a client keeps an object that it saw. */
export const seenKey = (folder: Folder, name: string) => `${folder.name}/${name}`;

/** What a write is told by among all others. */
export const markOf = ({ client, begun }: Pick<Knowledge, "client" | "begun">) => `${client}-${begun}`;

/** A number that is nobody else's, for what has only numbers to tell it by. */
export const numberOf = ({ client, begun }: Pick<Knowledge, "client" | "begun">) => client * 1_000 + begun;

/** The folder that a command is about. */
export function folderOf(command: ApiCommand): Folder {
  if ("folder" in command) return folders[command.folder];
  if (command.op === "apply") return folders.maps;
  return command.op === "scale" ? folders.deployments : folders.pods;
}

/** What a client asks for, as far as it knows. */
export function requestOf(command: ApiCommand, known: Knowledge): ApiRequest {
  const folder = folderOf(command);
  const { group, version, resource, namespace } = folder;
  const target = { type: "api.request", group, version, resource, namespace } as const;
  const { query = {}, body, ...rest } = partsOf(command, folder, known);
  const dry = "dry" in command && command.dry ? { dryRun: "All" } : {};
  const writer = rest.verb === "get" || rest.verb === "list" ? {} : { fieldManager: `client-${known.client}` };
  return {
    ...target,
    ...rest,
    query: { ...writer, ...dry, ...query },
    ...(body ? { body: JSON.stringify(body) } : {}),
  };
}

type Parts = Pick<ApiRequest, "verb" | "name" | "subresource" | "contentType" | "query"> & { readonly body?: object };

function partsOf(command: ApiCommand, folder: Folder, known: Knowledge): Parts {
  switch (command.op) {
    case "create":
      return { verb: "create", body: createdBy(command, folder, known) };
    case "update":
      return updateOf(command, folder, known);
    case "patch":
      return { verb: "patch", name: nameOf(command.nth), ...patchOf(command, folder, known) };
    case "apply":
      return { verb: "patch", name: nameOf(command.nth), ...applyOf(command, known) };
    case "scale":
      return scaleOf(command, known);
    case "delete":
    case "deleteAll":
      return deletionOf(command, known);
    case "bind":
    case "evict":
      return { verb: "create", name: nameOf(command.nth), ...onPod(command, known) };
    case "get":
      return { verb: "get", name: nameOf(command.nth), query: command.any ? { resourceVersion: "0" } : {} };
    case "list":
      return { verb: "list", query: listQuery(command, known) };
    case "watch":
      return { verb: "watch", query: watchQuery(command, known) };
  }
}

type Of<Op extends ApiCommand["op"]> = ApiCommand & { readonly op: Op };

const tierOf = (known: Knowledge) => tiers[known.begun % tiers.length] as string;

function createdBy({ nth, generate, finalizer: kept }: Of<"create">, folder: Folder, known: Knowledge): object {
  // With a base as long as this a name that is generated has few others to be: see `generateName`.
  const name = generate ? { generateName: `${nameOf(nth)}-` } : { name: nameOf(nth) };
  const finalizers = kept ? { finalizers: [finalizer] } : {};
  return newObject(folder, { mark: markOf(known), tier: tierOf(known), name: { ...name, ...finalizers } });
}

/** The object as it was seen, changed. */
function updateOf(command: Of<"update">, folder: Folder, known: Knowledge): Parts {
  const { nth, condition, part, finalizers } = command;
  const mark = markOf(known);
  const seen = known.seen.get(seenKey(folder, nameOf(nth)));
  if (!seen) throw new Error(`Cannot update ${nameOf(nth)}: it was never seen, look first`);
  const { metadata, ...rest } = seen;
  const { resourceVersion, uid, managedFields: _owners, finalizers: had = [], ...others } = metadata as Fields;
  const bound = present({
    resourceVersion: condition === "version" ? resourceVersion : undefined,
    uid: condition === "none" ? undefined : uid,
  });
  const kept = finalizers === "keep" ? had : finalizers === "drop" ? [] : [finalizer];
  const now = { ...others, ...bound, labels: { tier: tierOf(known) }, finalizers: kept };
  const annotations = { ...(metadata.annotations as object), [markKey]: mark };
  const body = { ...rest, metadata: { ...now, annotations }, ...changedPart(command, { folder, rest, known }) };
  return { verb: "update", name: nameOf(nth), body, ...(part === "status" ? { subresource: "status" } : {}) };
}

interface Changing {
  readonly folder: Folder;
  readonly rest: Fields;
  readonly known: Knowledge;
}

/** Whoever writes one part says something of the other, too, which is not to count. */
function changedPart({ part }: Of<"update">, { folder: { kind }, rest, known }: Changing): object {
  const number = numberOf(known);
  const status = rest.status as object | undefined;
  if (kind === "ConfigMap") return { data: { ...(rest.data as object), first: markOf(known) } };
  if (kind === "Deployment")
    return { spec: { ...(rest.spec as object), replicas: number }, status: { ...status, replicas: number } };
  if (kind === "Widget")
    return { spec: { ...(rest.spec as object), size: number }, status: { ...status, size: number } };
  if (kind === "Pod") {
    const ready = [{ type: "Ready", status: "True" }];
    return {
      status: {
        ...status,
        phase: "Running",
        message: markOf(known),
        ...(part === "status" ? { conditions: ready } : {}),
      },
    };
  }
  return { status: { loadBalancer: { ingress: [{ ip: `10.0.0.${1 + (number % 200)}` }] } } };
}

function patchOf({ nth, how, condition, takes }: Of<"patch">, folder: Folder, known: Knowledge): Omit<Parts, "verb"> {
  const mark = markOf(known);
  const seen = known.seen.get(seenKey(folder, nameOf(nth)));
  const { resourceVersion, uid } = (seen?.metadata ?? {}) as { resourceVersion?: string; uid?: string };
  const bound = condition === "version" ? present({ resourceVersion }) : condition === "uid" ? present({ uid }) : {};
  const takesOld = takes && folder.kind === "ConfigMap";
  if (how === "json") {
    const tests = Object.entries(bound).map(([field, value]) => ({ op: "test", path: `/metadata/${field}`, value }));
    const removes = takesOld ? [{ op: "remove", path: "/data/old" }] : [];
    const marks = { op: "add", path: `/metadata/annotations/${markKey}`, value: mark };
    return { contentType: "application/json-patch+json", body: [...tests, ...removes, marks] };
  }
  const metadata = { ...bound, labels: { tier: tierOf(known) }, annotations: { [markKey]: mark } };
  const data =
    folder.kind === "ConfigMap" ? { data: { [`of-${known.client}`]: mark, ...(takesOld ? { old: null } : {}) } } : {};
  // Its ports are taken from it, and it is given others.
  const type = known.begun % 2 === 0 ? "ClusterIP" : "NodePort";
  const spec = takes && folder.kind === "Service" ? { spec: { type } } : {};
  const contentType = how === "merge" ? "application/merge-patch+json" : "application/strategic-merge-patch+json";
  return { contentType, body: { metadata, ...data, ...spec } };
}

function applyOf({ nth, extra, shared, force }: Of<"apply">, known: Knowledge): Omit<Parts, "verb"> {
  const { client } = known;
  const mark = markOf(known);
  const annotations = { [applyMarkKey(client)]: mark };
  const data = {
    [`applied-${client}`]: mark,
    ...(extra ? { [`extra-${client}`]: "1" } : {}),
    ...(shared ? { shared: mark } : {}),
  };
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: nameOf(nth), annotations }, data };
  return { contentType: "application/apply-patch+yaml", body, ...(force ? { query: { force: "true" } } : {}) };
}

function scaleOf({ nth, condition }: Of<"scale">, known: Knowledge): Parts {
  const { name, namespace } = { name: nameOf(nth), namespace: folders.deployments.namespace };
  const { resourceVersion } = (known.seen.get(seenKey(folders.deployments, name))?.metadata ?? {}) as {
    resourceVersion?: string;
  };
  const metadata = { name, namespace, ...(condition === "version" ? present({ resourceVersion }) : {}) };
  const body = { apiVersion: "autoscaling/v1", kind: "Scale", metadata, spec: { replicas: numberOf(known) } };
  return { verb: "update", name, subresource: "scale", body };
}

function deletionOf(command: Of<"delete"> | Of<"deleteAll">, known: Knowledge): Parts {
  if (command.op === "deleteAll") {
    return { verb: "deletecollection", query: command.tier ? { labelSelector: `tier=${command.tier}` } : {} };
  }
  const { nth, condition, propagation, seconds } = command;
  const seen = known.seen.get(seenKey(folders[command.folder], nameOf(nth)))?.metadata as Fields | undefined;
  const body = present({
    preconditions: conditionsOn(seen, condition),
    propagationPolicy: propagation,
    gracePeriodSeconds: seconds,
  });
  return { verb: "delete", name: nameOf(nth), body };
}

function conditionsOn(seen: Fields | undefined, condition: Condition): object | undefined {
  if (!seen || condition === "none") return undefined;
  return condition === "version" ? { resourceVersion: seen.resourceVersion } : { uid: seen.uid };
}

function onPod(command: Of<"bind"> | Of<"evict">, known: Knowledge): Omit<Parts, "verb"> {
  const name = nameOf(command.nth);
  const { namespace } = folders.pods;
  if (command.op === "evict") {
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
    return { subresource: "eviction", body };
  }
  const uid = known.seen.get(seenKey(folders.pods, name))?.metadata.uid;
  const bound = command.condition === "uid" && uid !== undefined ? { uid } : {};
  const metadata = { name, namespace, ...bound, annotations: { [markKey]: markOf(known) } };
  const target = { kind: "Node", name: `node-${command.node}` };
  return { subresource: "binding", body: { apiVersion: "v1", kind: "Binding", metadata, target } };
}

/** A version that was seen in a folder, so far back; 0: none was. */
export function versionSeen({ versions }: Knowledge, folder: Folder, back: number): number {
  const seen = versions.get(folder.name) ?? [];
  return seen[Math.max(0, seen.length - 1 - back)] ?? 0;
}

function selector({ folder: name, tier }: Of<"list"> | Of<"watch">): Readonly<Record<string, string>> {
  if (tier === undefined) return {};
  // Pods are selected by where they are, all else by a label.
  return name === "pods" ? { fieldSelector: `spec.nodeName=${tier}` } : { labelSelector: `tier=${tier}` };
}

function listQuery(command: Of<"list">, known: Knowledge): Readonly<Record<string, string>> {
  const { match, limit, back } = command;
  const asked = versionSeen(known, folderOf(command), back);
  const limits = { ...selector(command), ...(limit > 0 ? { limit: String(limit) } : {}) };
  if (match === "any") return { ...limits, resourceVersion: "0" };
  if (match === "newest" || asked === 0) return limits;
  const resourceVersionMatch = match === "exact" ? "Exact" : "NotOlderThan";
  return { ...limits, resourceVersion: String(asked), resourceVersionMatch };
}

function watchQuery(command: Of<"watch">, known: Knowledge): Readonly<Record<string, string>> {
  const from = versionSeen(known, folderOf(command), command.back);
  const initial =
    command.initial || from === 0 ? { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" } : {};
  return {
    ...selector(command),
    ...initial,
    ...(command.seconds === undefined ? {} : { timeoutSeconds: String(command.seconds) }),
    allowWatchBookmarks: "true",
    resourceVersion: from === 0 ? "" : String(from),
  };
}
