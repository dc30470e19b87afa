import { parseUrl, targetOf } from "../../../actors/apiserver/http/target.ts";

/** What a client asked for: `create configmaps`, as plans name it, and where. */
export interface ClientRequest {
  /** `verb resource`, the resource with its group and subresource: `update deployments.apps/status`. */
  readonly line: string;
  readonly verb: string;
  /** With its group: `deployments.apps`. */
  readonly resource: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly isWrite: boolean;
  readonly url: string;
}

/** One exchange of a client with the API, as it was learned. */
export interface Exchange extends ClientRequest {
  /** The HTTP status; 0 when nothing was answered. */
  readonly code: number;
  /** Since the client's start. */
  readonly atMs: number;
}

/** An object that the client has made. */
export interface OwnedObject {
  readonly resource: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

const writes: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);
/** What controllers write beside their work: who leads, what happened, what somebody may do. */
const besides = /^(events|leases|\w*reviews)(\.|$)/;

/** Reads what a request asks for; undefined when it names no resource. */
export function requestOf(method: string, url: string): ClientRequest | undefined {
  const parsedUrl = parseUrl(url);
  const target = parsedUrl && targetOf(method, parsedUrl);
  if (target?.kind !== "resource") return undefined;
  const { verb, group, version, resource: plural, namespace, name, subresource } = target;
  const resource = group === "" ? plural : `${plural}.${group}`;
  return {
    line: `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`,
    ...{ verb, resource, group, version, plural, url },
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    isWrite: writes.has(verb) && !besides.test(plural),
  };
}
