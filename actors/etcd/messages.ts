import type { Address } from "../../runtime/mod.ts";
import type { StoreEvents, StoreWatchCancelled } from "../store/messages.ts";
import type { MethodPath } from "./protocol/methods.ts";
import type { Given, MessageName, Received } from "./protocol/schema.ts";

/** Where the front listens, and by which certificates it knows and is known. */
export interface EtcdSocket {
  readonly host: string;
  readonly port: number;
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** Who signs for clients: one without a certificate of this authority gets no further than the handshake. */
  readonly clientCa: string;
}

/** The input of the front. */
export interface EtcdInput {
  /** The store's replicas. */
  readonly stores: readonly Address[];
  /** Tells clusters apart. Default `default`. */
  readonly cluster?: string;
  /** Default: calls come only as messages. */
  readonly socket?: EtcdSocket;
}

/** A call has a message more; the first one begins it. A call is a number that no other call of the front's life has. */
export interface EtcdCall {
  readonly type: "etcd.call";
  readonly call: number;
  readonly method: MethodPath;
  readonly message: Received<MessageName>;
}

/** The client of a call is gone, or has nothing more to say (`isHalf`). */
export interface EtcdGone {
  readonly type: "etcd.gone";
  readonly call: number;
  readonly isHalf: boolean;
}

/** All that the front takes. */
export type EtcdMessage = EtcdCall | EtcdGone | StoreEvents | StoreWatchCancelled;

/** How a call ends badly: gRPC's code, and etcd's words. */
export interface EtcdStatus {
  readonly code: number;
  readonly details: string;
}

/** What the front tells a client. */
export interface EtcdTold {
  readonly op: "tell";
  readonly call: number;
  readonly messages: readonly Given<MessageName>[];
  /** It is answered when the client has taken enough of what it was told to be told more. */
  readonly isPaced?: true;
  /** Absent: there may be more. */
  readonly end?: "ok" | EtcdStatus;
}

/** What the `grpc` device is asked. */
export type GrpcRequest = ({ readonly op: "listen" } & EtcdSocket) | EtcdTold;

/** What the `grpc` device answers. */
export type GrpcAnswer =
  | { readonly ok: true; readonly port?: number }
  | { readonly ok: false; readonly code: string; readonly message: string };
