import type { MethodPath } from "../protocol/methods.ts";
import type { Given, MessageName, Received } from "../protocol/schema.ts";

/** Where a real etcd is. */
export interface EtcdEndpoint {
  readonly host: string;
  readonly port: number;
}

/** The input of a store that is an etcd outside of the cluster. */
export interface OutsideInput {
  readonly endpoint: EtcdEndpoint;
}

/** What the `etcd_link` device is asked: to ask etcd one thing, or to say something to the one stream of all watches. */
export type LinkRequest = { readonly endpoint: EtcdEndpoint } & (
  | {
      readonly op: "call";
      readonly method: MethodPath;
      readonly message: Given<MessageName>;
      readonly timeoutMs: number;
    }
  | { readonly op: "watch"; readonly message: Given<"WatchRequest"> }
);

/** What the `etcd_link` device answers; codes are gRPC's. */
export type LinkAnswer =
  | { readonly ok: true; readonly message?: Received<MessageName> }
  | { readonly ok: false; readonly code: number; readonly details: string };

/** The stream of the watches says something. */
export interface EtcdWatched {
  readonly type: "etcd.watched";
  readonly message: Received<"WatchResponse">;
}

/** The stream of the watches is over, and all of them with it. */
export interface EtcdUnwatched {
  readonly type: "etcd.unwatched";
  readonly details: string;
}
