import type { Address, ChildExitedEvent, DownEvent } from "../core/actor.ts";
import type { ChildSpec } from "./child_spec.ts";
import type { Exit } from "./restarts.ts";

/** One life of an actor. */
export interface Life {
  readonly address: Address;
  readonly incarnation: number;
}

/** What a host tells the supervisors: what has happened, and what somebody wants. */
export type TreeEvent =
  /** A life wants a child; without `by` the host wants a root. */
  | { readonly kind: "spawn"; readonly spec: ChildSpec; readonly by?: Life }
  /** What it takes to start it has passed: the life may begin. */
  | ({ readonly kind: "ready" } & Life)
  /** It may not be started at all: its module reaches for what it may not. */
  | ({ readonly kind: "refused"; readonly reason: string } & Life)
  /** The life has begun. */
  | ({ readonly kind: "begun" } & Life)
  /** The life has ended by itself. */
  | ({ readonly kind: "ended"; readonly exit: Exit } & Life)
  /** Its present life shall end as a crash ends it. */
  | { readonly kind: "crash"; readonly address: Address; readonly reason: string }
  | { readonly kind: "stop"; readonly address: Address }
  /** It was asked to stop, and has had the time for it. */
  | ({ readonly kind: "overdue" } & Life)
  | { readonly kind: "monitor" | "demonitor"; readonly watcher: Address; readonly watched: Address }
  | { readonly kind: "hold" | "release" | "pause" | "resume"; readonly address: Address };

/** What a host is to do; it carries out the orders of one event one after the other. */
export type Order =
  /** There is a new member: make room for it, and say `ready` when its first life may begin. */
  | ({ readonly kind: "admit" } & Life)
  /** Say `ready` for that life after so long. */
  | ({ readonly kind: "restart"; readonly afterMs: number } & Life)
  /** Begin that life: say `begun`, or `ended` when it cannot be. */
  | ({ readonly kind: "begin" } & Life)
  /** Give it a `stop` event, or say `ended` at once where it handles none; say `overdue` after so long. */
  | ({ readonly kind: "askToStop"; readonly withinMs: number } & Life)
  /** The life is over: end what is left of it, and fail what it was asked. One that is ended by order still runs. */
  | ({ readonly kind: "leave"; readonly exit: Exit; readonly isByOrder: boolean } & Life)
  | { readonly kind: "tell"; readonly to: Address; readonly event: ChildExitedEvent | DownEvent }
  /** Let no mail reach it for now, or again. */
  | { readonly kind: "pause" | "resume"; readonly address: Address }
  /** Nobody lives there any more. */
  | { readonly kind: "remove"; readonly address: Address }
  /** A life has crashed: for those who watch the host. */
  | { readonly kind: "reportCrash"; readonly address: Address; readonly reason: string; readonly restarting: boolean }
  /** A root was given up: for those who watch the host. */
  | { readonly kind: "giveUp"; readonly address: Address; readonly reason: string };
