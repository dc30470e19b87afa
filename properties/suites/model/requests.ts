import type { KindDefinition } from "../../../actors/api/kind.ts";
import { podRules as pod } from "../../../actors/api/kinds/pod.ts";
import { applyMergePatch } from "../../../actors/api/merge_patch.ts";
import { registry } from "../../../actors/api/registry.ts";
import { alreadyExists, conflict, expired, notFound, type Status } from "../../../actors/api/status.ts";
import { applyStrategicMergePatch } from "../../../actors/api/strategic_merge_patch.ts";
import { formatTime } from "../../../actors/api/time.ts";
import { type Fields, jsonEqual } from "../../../actors/api/types.ts";
import type { ApiRequest, ApiResponse } from "../../../actors/apiserver/messages.ts";
import type { Mail, Step } from "../../../runtime/mod.ts";
import { drop, hasKubelets, keyOf, later, type ModelApiData, openWatch, put, type Written } from "./data.ts";
import type { ModelObject } from "./messages.ts";
import { refusalOf } from "./refusals.ts";
import { asksForMetrics, metricsOf, scaleOf } from "./scales.ts";
import { isLabelled, isSelected, merged } from "./selected.ts";

type Body = Fields & { readonly metadata: Fields & { readonly name: string } };

interface Answer {
  readonly code: number;
  readonly body: object;
}

const done = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 200 };
const collectMs = 40;

/** Carries out a request and answers it. */
export function serve(data: ModelApiData, mail: Mail<ApiRequest>, step: Step): void {
  const refusal = refusalOf(data, mail.body, step);
  const answer = refusal && !refusal.isDone ? undefined : answerTo(data, mail, step);
  const { code, body } = refusal ? refused(refusal.status) : (answer as Answer);
  const failure = code < 400 ? {} : { status: body as Status };
  if (code >= 400 && mail.body.verb !== "watch") {
    data.failed.push({ by: mail.from, what: whatOf(mail.body), code, atMs: step.uptimeMs });
  }
  step.reply(mail, { type: "api.response", code, body: JSON.stringify(body), ...failure } satisfies ApiResponse);
  if (mail.body.verb === "watch" && code === 200) openWatch(data, mail, step);
}

/** Two requests of one object are of the same; of what is made, the name is new each time, but not whose it is. */
function whatOf({ verb, resource, namespace = "", name, body = "{}" }: ApiRequest): string {
  if (name !== undefined) return `${verb} ${resource} ${namespace}/${name}`;
  const { metadata } = JSON.parse(body) as { readonly metadata?: Fields };
  const [owner] = (metadata?.ownerReferences ?? []) as readonly { readonly name: string }[];
  return `${verb} ${resource} ${namespace}/${owner ? `of ${owner.name}` : metadata?.name}`;
}

function answerTo(data: ModelApiData, mail: Mail<ApiRequest>, step: Step): Answer {
  const { body: request, from } = mail;
  const { verb, resource } = request;
  if (asksForMetrics(request)) return { code: 200, body: metricsOf(data, request, step) };
  if (verb === "list") return list(data, request);
  if (verb === "watch") {
    const { resourceVersion = data.version } = request.query ?? {};
    return Number(resourceVersion) < data.oldest ? refused(expired()) : { code: 200, body: {} };
  }
  const key = keyOf(resource, request);
  const found = data.objects.get(key);
  const body = JSON.parse(request.body ?? "{}") as Body;
  if (request.subresource === "token") return token(data, body, step);
  const write: Write = { key, resource, found, body, by: from, request, kind: kindOf(request) };
  if (verb === "create" && request.subresource === undefined) return create(data, write, step);
  if (!found) return refused(notFound(namesOf(request), request.name ?? ""));
  if (request.subresource === "scale") return rescale(data, { ...write, found }, step);
  if (verb === "get") return { code: 200, body: found };
  const { uid = body.metadata?.uid, resourceVersion } = (body.preconditions ?? {}) as Fields;
  if (uid !== undefined && uid !== found.metadata.uid) return refused(conflict(namesOf(request), found.metadata.name));
  if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) {
    return refused(conflict(namesOf(request), found.metadata.name));
  }
  if (request.subresource === "binding") return bind(data, { ...write, found }, step);
  if (verb === "delete" || request.subresource === "eviction") return remove(data, { ...write, found }, step);
  return change(data, { ...write, found }, step);
}

function kindOf({ group, version, resource }: ApiRequest): KindDefinition | undefined {
  return registry.byPlural({ group, version, plural: resource });
}

interface Write {
  readonly key: string;
  readonly resource: string;
  readonly found: ModelObject | undefined;
  readonly body: Body;
  readonly by: string;
  readonly request: ApiRequest;
  readonly kind: KindDefinition | undefined;
}
type Rewrite = Write & { readonly found: ModelObject };

function list(data: ModelApiData, { resource, namespace, query }: ApiRequest): Answer {
  const begin = namespace ? `${resource}/${namespace}/` : `${resource}/`;
  const items = [...data.objects].flatMap(([key, each]) =>
    key.startsWith(begin) && isSelected(each, query?.fieldSelector) && isLabelled(each, query?.labelSelector)
      ? [each]
      : [],
  );
  const metadata = { resourceVersion: String(data.version) };
  return { code: 200, body: { kind: "List", apiVersion: "v1", metadata, items } };
}

function create(data: ModelApiData, { resource, body, by, request, kind }: Write, step: Step): Answer {
  const { name, generateName = "" } = body.metadata as { readonly name?: string; readonly generateName?: string };
  const { namespace } = request;
  const metadata = {
    ...body.metadata,
    name: name ?? `${generateName}${data.made}`,
    ...(namespace ? { namespace } : {}),
  };
  const key = keyOf(resource, metadata);
  if (data.objects.has(key)) return refused(alreadyExists(namesOf(request), metadata.name));
  const object: Body = { ...body, metadata };
  kind?.applyDefaults(object as never);
  kind?.prepareForCreate(object as never);
  const stored = put(data, { resource, key, object, by }, step);
  // Whose owner is gone by now goes, too.
  const uids = ownersOf(stored);
  const isOwned = uids.length === 0 || [...data.objects.values()].some(({ metadata: { uid } }) => uids.includes(uid));
  if (data.played && !isOwned) later(data, { turn: "orphan", key, object: stored, afterMs: collectMs }, step);
  return { code: 201, body: stored };
}

/** Stores what a user makes, as a server would. */
export function make(data: ModelApiData, { resource, key, object }: Written, step: Step): void {
  const kind = registry.byPlural({ group: groups[resource] ?? "", version: "v1", plural: resource });
  const made = structuredClone(object);
  kind?.applyDefaults(made as never);
  if (resource === "pods" && !data.objects.has(key)) kind?.prepareForCreate(made as never);
  put(data, { resource, key, object: made }, step);
}

const groups: Readonly<Record<string, string>> = { leases: "coordination.k8s.io" };

/** A token that tells when it was given, and lives as long as was asked. */
function token(data: ModelApiData, body: Body, step: Step): Answer {
  const { expirationSeconds = 3_600 } = (body.spec ?? {}) as { readonly expirationSeconds?: number };
  const expirationTimestamp = formatTime(step.nowMs + expirationSeconds * 1_000);
  return { code: 201, body: { ...body, status: { token: `token-${++data.made}`, expirationTimestamp } } };
}

/** A pod is bound once. */
function bind(data: ModelApiData, { key, resource, found, body, by, request }: Rewrite, step: Step): Answer {
  if (found.spec?.nodeName || found.metadata.deletionTimestamp)
    return refused(conflict(namesOf(request), found.metadata.name));
  const nodeName = (body.target as { readonly name: string }).name;
  const conditions = [{ type: "PodScheduled", status: "True" }];
  const object = merged(found, { spec: { nodeName }, status: { conditions } }) as Body;
  const stored = put(data, { resource, key, object, by }, step);
  if (!data.objects.has(keyOf("nodes", { name: nodeName }))) {
    later(data, { turn: "collect", key, object: stored, afterMs: data.endMs ?? 0 }, step);
  }
  return { code: 201, body: done };
}

/** Tells the scale of an object, or has it be another. */
function rescale(data: ModelApiData, { found, body, request, ...write }: Rewrite, step: Step): Answer {
  if (request.verb === "get") return { code: 200, body: scaleOf(found) };
  const { replicas } = body.spec as { readonly replicas: number };
  const { subresource: _scale, ...rest } = request;
  const { resourceVersion } = body.metadata;
  const metadata = { ...found.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
  const whole = { ...found, metadata, spec: { ...found.spec, replicas } } as Body;
  const answer = change(data, { ...write, found, body: whole, request: rest }, step);
  return answer.code < 400 ? { code: 200, body: scaleOf(answer.body as ModelObject) } : answer;
}

function change(data: ModelApiData, { key, resource, found, body, by, request, kind }: Rewrite, step: Step): Answer {
  const isPatch = request.verb === "patch";
  const version = body.metadata?.resourceVersion;
  if (version !== undefined && version !== found.metadata.resourceVersion) {
    return refused(conflict(namesOf(request), found.metadata.name));
  }
  const object = structuredClone(isPatch ? patched(found, { body, request, kind }) : body) as Body;
  kind?.applyDefaults(object as never);
  if (request.subresource === "status") kind?.prepareForStatusUpdate(object as never, found as never, step.nowMs);
  else kind?.prepareForUpdate(object as never, found as never);
  const metadata = { ...object.metadata, ...ofDeletion(found) };
  if (isEnd(metadata, resource)) {
    drop(data, { resource, key, by }, step);
    return { code: 200, body: { ...object, metadata } };
  }
  if (isSame({ ...object, metadata }, found)) {
    data.vain.push({ atMs: step.uptimeMs, key, by });
    return { code: 200, body: found };
  }
  return { code: 200, body: put(data, { resource, key, object: { ...object, metadata }, by }, step) };
}

function patched(found: ModelObject, { body, request, kind }: Pick<Write, "body" | "request" | "kind">): object {
  if (request.contentType === "application/merge-patch+json" || !kind) return applyMergePatch(found, body) as object;
  const result = applyStrategicMergePatch(found, { patch: body, schema: kind.schema });
  return result.ok ? result.value : found;
}

/** Only a delete begins a deletion. */
function ofDeletion({ metadata: { deletionTimestamp, deletionGracePeriodSeconds } }: ModelObject): Fields {
  return deletionTimestamp === undefined ? {} : { deletionTimestamp, deletionGracePeriodSeconds };
}

/** Whether nothing keeps any more what was deleted. */
export function isEnd(metadata: Fields, resource: string): boolean {
  const isKept = ((metadata.finalizers as readonly string[] | undefined) ?? []).length > 0;
  const runs = resource === "pods" && metadata.deletionGracePeriodSeconds !== 0;
  return metadata.deletionTimestamp !== undefined && !isKept && !runs;
}

/** What would not change anything is not written. */
function isSame(one: Body, other: ModelObject): boolean {
  const plain = ({ metadata, ...rest }: Fields & { readonly metadata: Fields }) => {
    const { resourceVersion: _version, ...others } = metadata;
    return { ...rest, metadata: others };
  };
  return jsonEqual(plain(one), plain(other));
}

interface Removal extends Pick<Rewrite, "key" | "resource" | "found"> {
  readonly body?: Fields;
  readonly by?: string;
}

/**
 * Pods that have a node are only marked, until whoever runs them says that they have ended; what has finalizers, until it
 * has none. What an object owned goes with it, unless it is to stay.
 */
export function remove(data: ModelApiData, { key, resource, found, body = {}, by }: Removal, step: Step): Answer {
  const author = by ? { by } : {};
  if (resource === "pods" && hasKubelets(data)) return end(data, { key, resource, found, body, ...author }, step);
  const runs = resource === "pods" && body.gracePeriodSeconds !== 0 && found.spec?.nodeName;
  if (data.played) settleDependents(data, { owner: found, isOrphaning: body.propagationPolicy === "Orphan" }, step);
  if (!runs && !found.metadata.finalizers?.length) {
    drop(data, { resource, key, ...author }, step);
    return { code: 200, body: done };
  }
  if (found.metadata.deletionTimestamp) return { code: 200, body: found };
  const deletionTimestamp = new Date(step.nowMs).toISOString();
  const metadata = { ...found.metadata, deletionTimestamp, deletionGracePeriodSeconds: runs ? 1 : 0 };
  return { code: 200, body: put(data, { resource, key, object: { ...found, metadata }, ...author }, step) };
}

/** Pods are given their grace, which may be shortened; without any, and when nobody keeps them, they are gone. */
function end(data: ModelApiData, { key, resource, found, body = {}, by }: Removal, step: Step): Answer {
  const author = by ? { by } : {};
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = found.metadata;
  const ownGrace = pod.gracePeriodSeconds?.(found as never) ?? 0;
  const grace = ownGrace === 0 ? 0 : ((body.gracePeriodSeconds as number | undefined) ?? ownGrace);
  const metadata = {
    ...found.metadata,
    deletionTimestamp: formatTime(step.nowMs + grace * 1_000),
    deletionGracePeriodSeconds: grace,
  };
  if (grace === 0 && finalizers.length === 0) {
    drop(data, { resource, key, ...author, last: { ...found, metadata } }, step);
    return { code: 200, body: done };
  }
  const isSooner = deletionTimestamp === undefined || grace < (deletionGracePeriodSeconds as number);
  if (!isSooner) return { code: 200, body: found };
  return { code: 200, body: put(data, { resource, key, object: { ...found, metadata }, ...author }, step) };
}

interface Owned {
  readonly owner: ModelObject;
  readonly isOrphaning: boolean;
}

function settleDependents(data: ModelApiData, { owner, isOrphaning }: Owned, step: Step) {
  for (const [key, object] of [...data.objects]) {
    if (!ownersOf(object).includes(owner.metadata.uid)) continue;
    if (!isOrphaning) {
      later(data, { turn: "orphan", key, object, afterMs: collectMs }, step);
      continue;
    }
    const metadata = { ...object.metadata, ownerReferences: [] };
    put(data, { resource: key.slice(0, key.indexOf("/")), key, object: { ...object, metadata } }, step);
  }
}

function ownersOf({ metadata }: ModelObject): readonly string[] {
  return ((metadata.ownerReferences ?? []) as readonly { readonly uid: string }[]).map(({ uid }) => uid);
}

function namesOf({ group, resource }: ApiRequest) {
  return { group, resource };
}

function refused(status: Status): Answer {
  return { code: status.code, body: status };
}
