import { decode, decodeList } from "../../actors/api/codec.ts";
import type { Frozen, KubeObject } from "../../actors/api/types.ts";
import type { ApiRequest, ApiResponse, User } from "../../actors/apiserver/messages.ts";
import { present } from "../../actors/kit/present.ts";
import { AskError, type Host } from "../../runtime/hosts/host.ts";
import type { Address } from "../../runtime/mod.ts";

/** A request to the API, with what is usual left out. */
export interface ApiCall {
  readonly verb: Exclude<ApiRequest["verb"], "watch">;
  /** Default: the core group. */
  readonly group?: string;
  /** Default `v1`. */
  readonly version?: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** An object, or its encoded text. */
  readonly body?: object | string;
  readonly contentType?: NonNullable<ApiRequest["contentType"]>;
  /** Whom to act as. Default: the cluster's administrator. */
  readonly user?: User;
  /** Which API server to ask. Default: any that answers. */
  readonly server?: Address;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

/** The answer: an HTTP status code, and an object, a list or a Status; the text of a pod's log. */
export interface ApiAnswer<T> {
  readonly code: number;
  readonly body: Frozen<T>;
}

/**
 * Asks an API server as a client inside the cluster does.
 *
 * @throws AskError when none answers; a write may have been done then
 */
export type AskApi = <T = KubeObject>(call: ApiCall) => Promise<ApiAnswer<T>>;

const timeoutMsDefault = 10_000;

/** The way to the API for who holds the host. Reads go on to the next server when one does not answer. */
export function apiAccess(host: Pick<Host, "ask">, servers: readonly Address[]): AskApi {
  return async <T>(call: ApiCall) => {
    const request = requestOf(call);
    const isRead = call.verb === "get" || call.verb === "list";
    let last: unknown;
    for (const server of call.server === undefined ? servers : [call.server]) {
      try {
        const answer = (await host.ask(server, request, call.timeoutMs ?? timeoutMsDefault)) as ApiResponse;
        return { code: answer.code, body: bodyOf(answer) as Frozen<T> };
      } catch (error) {
        last = error;
        if (!(error instanceof AskError)) throw error;
        if (!isRead && error.reason !== "undeliverable") throw error;
      }
    }
    throw last;
  };
}

/** A pod's log is text; whoever asks for it says so by the type. */
function bodyOf({ body, items, contentType }: ApiResponse): unknown {
  if (contentType === "text/plain") return body;
  return items ? decodeList(body, items) : decode(body);
}

function requestOf({ body, user: impersonate, server: _server, timeoutMs: _timeoutMs, ...call }: ApiCall): ApiRequest {
  const text = typeof body === "object" ? JSON.stringify(body) : body;
  return {
    type: "api.request",
    group: "",
    version: "v1",
    ...call,
    ...present({ impersonate, body: text }),
  };
}
