import type { KindIdentity } from "../api/kind.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import type { ApiRequest, Verb } from "../apiserver/messages.ts";
import { present } from "../kit/present.ts";

/** What the client needs to know of a kind: any `KindIdentity` will do, and says what the objects are. */
export type Kind<T extends KubeObject = KubeObject> = Pick<
  KindIdentity<T>,
  "group" | "version" | "kind" | "plural" | "namespaced" | "objects"
>;

/** Which object, or which objects. */
export interface Target<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** For lists and watches: only objects that a controller of this kind has, or none has. Default: all. */
  readonly openTo?: string | undefined;
}

/** A request as it is sent, without what the client itself knows. */
export type ClientRequest = Omit<ApiRequest, "type" | "watch">;

/** How a request is treated. */
export interface RequestOptions {
  /** Goes ahead of requests that wait, whatever is under way. */
  readonly urgent?: boolean;
  /** Default: the client's. */
  readonly timeoutMs?: number;
}

/** The object to write; it is encoded at once. */
export interface Body<T> {
  readonly object: Frozen<T> | T;
}

/** A patch and which kind it is. */
export interface PatchBody {
  readonly patch: unknown;
  /** Default: a strategic merge patch. */
  readonly contentType?: NonNullable<ApiRequest["contentType"]>;
}

/** How to delete. */
export interface DeleteBody {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground" | undefined;
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined;
}

/** Which pod goes to which node. */
export interface Binding {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  /** The binding is refused when the pod of that name is another one by now. */
  readonly uid: string;
  readonly node: string;
}

/** A request in the words of the client's conveniences. */
export interface Asked {
  readonly verb: Verb;
  readonly target: Target & RequestOptions;
  readonly body?: string | undefined;
  readonly contentType?: ApiRequest["contentType"];
}

/** The message that asks for it. */
export function requestFor(verb: Verb, { target, body, contentType }: Omit<Asked, "verb">): ApiRequest {
  const { kind, namespace, name, subresource, query, openTo } = target;
  return {
    type: "api.request",
    verb,
    group: kind.group,
    version: kind.version,
    resource: kind.plural,
    managedFields: "packed",
    ...(namespace ? { namespace } : {}),
    ...present({ name, subresource, query, openTo, body, contentType }),
  };
}

/** How a request is treated, without what is not set. */
export function optionsOf({
  urgent,
  timeoutMs,
}: {
  urgent?: boolean | undefined;
  timeoutMs?: number | undefined;
}): RequestOptions {
  return { ...present({ urgent, timeoutMs }) };
}

/** An object to write names itself. */
export function named<T extends KubeObject>(target: Target<T>, object: Frozen<T> | T): Target<T> {
  const { name, namespace } = (object as Frozen<KubeObject>).metadata;
  return { name, namespace, ...target };
}

/** The body of a delete. */
export function deleteBody(options: DeleteBody): string {
  return JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", ...options });
}
