import type { Address, Message, Step } from "../../runtime/mod.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import type { ApiRequest } from "../apiserver/messages.ts";
import type { Kind } from "../client/api_request.ts";
import type { Failure, FailureReason, Outcome } from "../client/outcome.ts";
import type { Report } from "../client/report.ts";

/** What all actions of a plan may say beside what they do. */
export interface ActionOptions {
  /** It need not wait for the answer to the action before it. Default false: one by one. */
  readonly alongside?: boolean;
  /** It counts for expectations: no further plan is made before its effect is seen. Default false. */
  readonly expected?: boolean;
  /** Failures that are as good as success. Default none; a delete of what is gone is always fine. */
  readonly accept?: readonly FailureReason[];
  /** Told as an Event once it is done. */
  readonly report?: Report;
  /** Told as an Event when it failed; the failure's text is added. */
  readonly failureReport?: Report;
}

/** Which object an action is about. */
export interface ObjectName {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** A write, or a live look that lets the plan go on only when something holds. */
export type Action = ActionOptions &
  (
    | { readonly op: "create"; readonly kind: Kind; readonly object: Frozen<KubeObject> | KubeObject }
    | {
        readonly op: "update";
        readonly kind: Kind;
        /** Its resource version makes it conditional. */
        readonly object: Frozen<KubeObject> | KubeObject;
        readonly subresource?: "status" | "finalize" | "scale" | "approval";
      }
    | ({
        readonly op: "patch";
        readonly patch: unknown;
        /** Default: a strategic merge patch. */
        readonly contentType?: NonNullable<ApiRequest["contentType"]>;
        readonly subresource?: "status";
        /** Of an apply: who applies, and whether by force. */
        readonly query?: Readonly<Record<string, string>>;
      } & ObjectName)
    | ({
        readonly op: "delete";
        /** Only this very object, not a namesake. */
        readonly uid?: string;
        /** Only in this very version. */
        readonly resourceVersion?: string;
        readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
        readonly gracePeriodSeconds?: number;
      } & ObjectName)
    | { readonly op: "deleteAll"; readonly kind: Kind; readonly namespace: string }
    /** Does nothing but tell its `report`. */
    | { readonly op: "tell"; readonly kind: Kind; readonly object: Frozen<KubeObject>; readonly report: Report }
    /** Asks a device for what the plan's author cannot have, such as a signature; what is to be done with it the answer tells. */
    | ({
        readonly op: "device";
        readonly device: string;
        readonly request: unknown;
        answered(answer: unknown): readonly Action[];
      } & ObjectName)
    /** Asks another actor; what is to be done its answer tells, or that there is none. */
    | ({
        readonly op: "ask";
        readonly to: Address;
        readonly body: Message;
        readonly timeoutMs: number;
        answered(answer: unknown, now: Pick<Step, "nowMs" | "uptimeMs">): readonly Action[];
      } & ObjectName)
    /** Nothing more can be done: the plan has failed, with these words. */
    | ({ readonly op: "fail"; readonly message: string } & ObjectName)
    /** Reads an object, or what a subresource shows of it; what is to be done the outcome tells. Without a name: a list. */
    | ({
        readonly op: "read";
        readonly subresource?: string;
        readonly query?: Readonly<Record<string, string>>;
        found(outcome: Outcome<unknown>, now: Pick<Step, "nowMs" | "uptimeMs">): readonly Action[];
      } & ObjectName)
    /** Asks the server a question that is created and not stored; what is to be done the outcome tells. */
    | {
        readonly op: "review";
        readonly kind: Kind;
        readonly object: KubeObject;
        found(outcome: Outcome<unknown>, now: Pick<Step, "nowMs" | "uptimeMs">): readonly Action[];
      }
    /** Goes on only when the server says, freshly read, that this very object (without `uid`: any of the name) is not there. */
    | ({ readonly op: "ensureAbsent"; readonly uid?: string } & ObjectName)
    /** Goes on only when this very object is there, freshly read, and not being deleted. */
    | ({ readonly op: "ensureAlive"; readonly uid: string } & ObjectName)
    /** Goes on only when the namespace has no object of the kind, or (with `which`) none of that sort. */
    | {
        readonly op: "ensureEmpty";
        readonly kind: Kind;
        readonly namespace: string;
        readonly which?: (object: Frozen<KubeObject>) => boolean;
      }
  );

/** What went wrong with a plan. */
export interface PlanFailure {
  readonly action: Action;
  /** Absent when a live look did not find what it wanted. */
  readonly failure: Failure | undefined;
  /** What a live look found instead. */
  readonly found?: Frozen<KubeObject> | undefined;
}

/**
 * What is to be done about one key: actions in order. The first one that fails ends the plan, and the key is
 * worked on again after a while.
 */
export interface Plan {
  readonly actions: readonly Action[];
  /** Look at the key again after so long, though nothing happens to it. */
  readonly againAfterMs?: number;
  /** What to do, still, when an action failed: to say so in a status. */
  readonly onFailure?: (failure: PlanFailure) => readonly Action[];
  /** Told of each action that was never sent: one before it failed, or the actor may not act any more. */
  readonly onUnsent?: (action: Action) => void;
}

/** The plan to do nothing. */
export const nothingToDo: Plan = Object.freeze({ actions: Object.freeze([]) });

/** What was wrong, as one line. */
export function failureText({ action, failure }: PlanFailure): string {
  if (failure) return failure.message;
  const what = "name" in action ? `${action.kind.kind} "${action.name}"` : action.kind.kind;
  return `Checking ${what}: ${action.op} does not hold`;
}
