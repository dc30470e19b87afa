import { dynamicValue } from "../../../api/cel/dynamic_value.ts";
import type { Value } from "../../../api/cel/values.ts";
import { groupVersionOf, type KindDefinition } from "../../../api/kind.ts";
import type { Fields, Frozen, KubeObject } from "../../../api/types.ts";
import { present } from "../../../kit/present.ts";
import type { Call } from "../../requests/call.ts";
import { isDryRun } from "../../requests/call.ts";
import { isTrue } from "../../requests/query.ts";
import type { Admitting } from "../_plugin.ts";
import { convert } from "./matching.ts";

/** What webhooks and policies are told of a request: the `request` of an AdmissionReview without its uid. */
export interface AdmissionRequest {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  readonly requestKind: GroupVersionKind;
  readonly requestResource: GroupVersionResource;
  readonly requestSubResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: Admitting["operation"];
  readonly userInfo: object;
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly dryRun: boolean;
  readonly options: unknown;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** Whether nothing of a request will be stored. */
export function isRehearsal({ call, deleteOptions }: Admitting): boolean {
  return deleteOptions?.dryRun ?? isDryRun(call);
}

/** What is told of a request, its objects in a version of their kind. */
export function admissionRequest(admitting: Admitting, kind: KindDefinition): AdmissionRequest {
  const { call, operation, draft, old } = admitting;
  const { request, user, namespace } = call;
  const subResource = request.subresource || undefined;
  const shown = (object: Frozen<KubeObject> | undefined) =>
    object === undefined ? null : isOwn(object, call.kind) ? convert(object, call.kind, kind) : object;
  const object = operation === "CONNECT" ? connectOptions(call) : shown(draft);
  const { group, version } = kind;
  const requested = { group: call.kind.group, version: call.kind.version };
  const type = object ?? old;
  return {
    kind: kindOf(type, kind),
    resource: { group, version, resource: kind.plural },
    ...present({ subResource }),
    requestKind: kindOf(kind === call.kind ? type : undefined, call.kind),
    requestResource: { ...requested, resource: call.kind.plural },
    ...present({ requestSubResource: subResource }),
    ...present({ name: call.name || draft?.metadata.name || old?.metadata.name || undefined }),
    ...present({
      namespace: namespace || (isNamespace(call.kind) && (call.name || draft?.metadata.name)) || undefined,
    }),
    operation,
    userInfo: {
      username: user.name,
      ...present({ uid: user.uid }),
      groups: user.groups,
      ...present({ extra: user.extra }),
    },
    object,
    oldObject: shown(old),
    dryRun: isRehearsal(admitting),
    options: optionsOf(admitting),
  };
}

function isNamespace({ group, plural }: KindDefinition): boolean {
  return group === "" && plural === "namespaces";
}

/** Whether an object is one of the kind, rather than of a part that has a kind of its own. */
export function isOwn(object: Frozen<KubeObject>, kind: KindDefinition): boolean {
  return object.kind === kind.kind && object.apiVersion === groupVersionOf(kind);
}

function kindOf(
  object: { readonly apiVersion: string; readonly kind: string } | null | undefined,
  kind: KindDefinition,
): GroupVersionKind {
  if (!object) return { group: kind.group, version: kind.version, kind: kind.kind };
  const slash = object.apiVersion.indexOf("/");
  const [group, version] = [object.apiVersion.slice(0, Math.max(slash, 0)), object.apiVersion.slice(slash + 1)];
  return { group, version, kind: object.kind };
}

const connectKinds: Readonly<Record<string, string>> = {
  exec: "PodExecOptions",
  attach: "PodAttachOptions",
  portforward: "PodPortForwardOptions",
  proxy: "PodProxyOptions",
};

/** What somebody who connects to a pod asks for, as an object. */
function connectOptions({ request, query, client }: Call): { readonly apiVersion: string; readonly kind: string } {
  const kind = connectKinds[request.subresource ?? ""] ?? "PodProxyOptions";
  const flags = ["stdin", "stdout", "stderr", "tty"].filter((name) => isTrue(query[name]));
  const { container, path, ports } = query;
  const command = client?.parameters("command") ?? (query.command === undefined ? [] : [query.command]);
  return {
    apiVersion: "v1",
    kind,
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...present({ container, path }),
    ...(command.length === 0 ? {} : { command }),
    ...(ports === undefined ? {} : { ports: ports.split(",").map(Number) }),
  };
}

function optionsOf(admitting: Admitting): Fields | null {
  const { operation, call, deleteOptions } = admitting;
  const { verb } = call.request;
  const { query } = call;
  const dryRun = isRehearsal(admitting) ? ["All"] : undefined;
  const common = (kind: string) => ({ kind, apiVersion: "meta.k8s.io/v1", ...present({ dryRun }) });
  switch (operation) {
    case "CONNECT":
      return null;
    case "DELETE": {
      const { gracePeriodSeconds, propagation: propagationPolicy, uid, resourceVersion } = deleteOptions ?? {};
      const conditions = present({ uid, resourceVersion });
      const preconditions = Object.keys(conditions).length > 0 ? conditions : undefined;
      return { ...common("DeleteOptions"), ...present({ gracePeriodSeconds, propagationPolicy, preconditions }) };
    }
    default: {
      const { fieldManager, fieldValidation } = query;
      const force = verb === "patch" && isTrue(query.force) ? true : undefined;
      const kind = operation === "CREATE" ? "CreateOptions" : verb === "patch" ? "PatchOptions" : "UpdateOptions";
      return { ...common(kind), ...present({ fieldManager, fieldValidation, force }) };
    }
  }
}

/** What expressions know of a request. */
export function namesOf(request: AdmissionRequest): Map<string, Value> {
  const { object, oldObject, ...rest } = request;
  return new Map<string, Value>([
    ["object", dynamicValue(object)],
    ["oldObject", dynamicValue(oldObject)],
    ["request", dynamicValue({ subResource: "", requestSubResource: "", name: "", namespace: "", ...rest })],
  ]);
}
