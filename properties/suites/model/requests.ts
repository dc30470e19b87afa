import { type Status, type StatusReason, watchTooOldText } from "../../../actors/api/status.ts";
import type { Fields } from "../../../actors/api/types.ts";
import type { ApiRequest, ApiResponse } from "../../../actors/apiserver/messages.ts";
import type { Mail, Step } from "../../../runtime/mod.ts";
import { drop, endLater, keyOf, type ModelApiData, openWatch, put } from "./data.ts";
import type { ModelObject } from "./messages.ts";
import { isSelected, merged } from "./selected.ts";

type Body = Fields & { readonly metadata: Fields & { readonly name: string } };

interface Answer {
  readonly code: number;
  readonly body: object;
}

const done = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 200 };

/** Carries out a request and answers it. */
export function serve(data: ModelApiData, mail: Mail<ApiRequest>, step: Step): void {
  const { code, body } = answerTo(data, mail, step);
  const failure = code < 400 ? {} : { status: body as Status };
  step.reply(mail, { type: "api.response", code, body: JSON.stringify(body), ...failure } satisfies ApiResponse);
  if (mail.body.verb === "watch" && code === 200) openWatch(data, mail, step);
}

function answerTo(data: ModelApiData, mail: Mail<ApiRequest>, step: Step): Answer {
  const { body: request, from } = mail;
  const { verb, resource } = request;
  if (verb === "list") return list(data, request);
  if (verb === "watch") {
    const { resourceVersion = data.version } = request.query ?? {};
    return Number(resourceVersion) < data.oldest ? refusal(410, "Expired", watchTooOldText) : { code: 200, body: {} };
  }
  const key = keyOf(resource, request);
  const found = data.objects.get(key);
  const body = JSON.parse(request.body ?? "{}") as Body;
  const write: Write = { key, resource, found, body, by: from, request };
  if (verb === "create" && request.subresource !== "binding") return create(data, write, step);
  if (!found) return refusal(404, "NotFound", `${resource} "${request.name}" not found`);
  if (verb === "get") return { code: 200, body: found };
  const wanted = (body.preconditions as Fields | undefined)?.uid ?? body.metadata?.uid;
  if (wanted !== undefined && wanted !== found.metadata.uid) return refusal(409, "Conflict", "it is another one");
  if (request.subresource === "binding") return bind(data, { ...write, found }, step);
  if (verb === "delete") return remove(data, { ...write, found }, step);
  return change(data, { ...write, found }, step);
}

interface Write {
  readonly key: string;
  readonly resource: string;
  readonly found: ModelObject | undefined;
  readonly body: Body;
  readonly by: string;
  readonly request: ApiRequest;
}
type Rewrite = Write & { readonly found: ModelObject };

function list(data: ModelApiData, { resource, namespace, query }: ApiRequest): Answer {
  const begin = namespace ? `${resource}/${namespace}/` : `${resource}/`;
  const items = [...data.objects].flatMap(([key, each]) =>
    key.startsWith(begin) && isSelected(each, query?.fieldSelector) ? [each] : [],
  );
  const metadata = { resourceVersion: String(data.version) };
  return { code: 200, body: { kind: "List", apiVersion: "v1", metadata, items } };
}

function create(data: ModelApiData, { resource, body, by, request }: Write, step: Step): Answer {
  const { name, generateName = "" } = body.metadata as { readonly name?: string; readonly generateName?: string };
  const { namespace } = request;
  const metadata = {
    ...body.metadata,
    name: name ?? `${generateName}${data.made}`,
    ...(namespace ? { namespace } : {}),
  };
  const key = keyOf(resource, metadata);
  if (data.objects.has(key)) return refusal(409, "AlreadyExists", `${resource} "${metadata.name}" already exists`);
  return { code: 201, body: put(data, { resource, key, object: { ...body, metadata }, by }, step) };
}

/** A pod is bound once. */
function bind(data: ModelApiData, { key, resource, found, body, by }: Rewrite, step: Step): Answer {
  if (found.spec?.nodeName || found.metadata.deletionTimestamp)
    return refusal(409, "Conflict", "it has a node, or goes");
  const nodeName = (body.target as { readonly name: string }).name;
  if (!data.objects.has(keyOf("nodes", { name: nodeName }))) endLater(data, { key, uid: found.metadata.uid }, step);
  const conditions = [{ type: "PodScheduled", status: "True" }];
  put(data, { resource, key, object: merged(found, { spec: { nodeName }, status: { conditions } }) as Body, by }, step);
  return { code: 201, body: done };
}

function change(data: ModelApiData, { key, resource, found, body, by, request }: Rewrite, step: Step): Answer {
  const isPatch = request.verb === "patch";
  const version = body.metadata?.resourceVersion;
  if (!isPatch && version !== undefined && version !== found.metadata.resourceVersion) {
    return refusal(409, "Conflict", "the object has been modified; please apply your changes to the latest version");
  }
  const next = (isPatch ? merged(found, body) : body) as Body;
  const isOfStatus = request.subresource === "status";
  const object = isOfStatus
    ? { ...found, status: next.status }
    : { ...next, ...(found.status ? { status: found.status } : {}) };
  return { code: 200, body: put(data, { resource, key, object: object as Body, by }, step) };
}

/** Pods that have a node are only marked, until whoever runs them says that they have ended. */
export function remove(
  data: ModelApiData,
  { key, resource, found, body, by }: Pick<Rewrite, "key" | "resource" | "found"> & { body?: Fields; by?: string },
  step: Step,
): Answer {
  const isForced = body?.gracePeriodSeconds === 0;
  if (resource !== "pods" || isForced || !found.spec?.nodeName) {
    drop(data, { resource, key, ...(by ? { by } : {}) }, step);
    return { code: 200, body: done };
  }
  if (found.metadata.deletionTimestamp) return { code: 200, body: found };
  const metadata = { ...found.metadata, deletionTimestamp: new Date(step.nowMs).toISOString() };
  const marked = put(data, { resource, key, object: { ...found, metadata }, ...(by ? { by } : {}) }, step);
  endLater(data, { key, uid: found.metadata.uid }, step);
  return { code: 200, body: marked };
}

function refusal(code: number, reason: StatusReason, message: string): Answer {
  return { code, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, message, code } };
}
