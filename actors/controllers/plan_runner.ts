import type { Step } from "../../runtime/mod.ts";
import { type Frozen, type KubeList, type KubeObject, keyOf } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { EventRecorder } from "../client/events.ts";
import type { Failure, Outcome, Then } from "../client/outcome.ts";
import { isMeant } from "./ownership/is_meant.ts";
import type { Action, Plan, PlanFailure } from "./plan.ts";

/** What carries plans out. */
export interface PlanRunnerOptions {
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  /** Asked before each action; false breaks the plan off (the actor stops, or no longer leads). */
  mayAct(step: Step): boolean;
  /** Asks a device, which always answers, or another actor: without an answer it is undefined. */
  ask(step: Step, question: Question, done: (answer: unknown, step: Step) => void): void;
  /** An `expected` action will have no effect: it failed, or was never sent. */
  unexpected(key: string, action: Action): void;
  /** A write, or a deletion, was done. */
  acted?(): void;
  /** A write was acknowledged; this is the object's version now. */
  wrote?(step: Step, { key, action, version }: { key: string; action: Action; version: string }): void;
  /** Nobody knows whether a write was done. */
  doubted?(key: string, action: Action): void;
}

/** What a device is asked, or another actor. */
export type Question = Extract<Action, { readonly op: "device" | "ask" }>;

/** How a plan ended: `undefined` failure is success, `halted` that the actor may not act any more. */
export type PlanEnd = (end: { readonly failure?: PlanFailure; readonly halted?: boolean }, step: Step) => void;

const unknownAttemptsMax = 3;

/** Carries out plans, action by action; each action is a message of its own, so that a crash can fall between any two. */
export function createPlanRunner(options: PlanRunnerOptions) {
  const { client, recorder, mayAct, unexpected, wrote, doubted } = options;

  function run(step: Step, { key, plan }: { key: string; plan: Plan }, done: PlanEnd) {
    const { actions } = plan;
    let next = 0;
    let underWay = 0;
    let failed: PlanFailure | undefined;
    let halted = false;
    let finished = false;

    function advance(step: Step) {
      while (!failed && !halted && next < actions.length) {
        const action = actions[next] as Action;
        if (underWay > 0 && !action.alongside) return;
        if (!mayAct(step)) {
          halted = true;
          break;
        }
        next++;
        underWay++;
        carryOut(step, { key, action }, (outcome, later) => settled(later, action, outcome));
      }
      // An answer can come at once (nothing could be sent): then an inner call has finished already.
      if (underWay === 0 && !finished) finish(step);
    }

    function settled(step: Step, action: Action, outcome: Settled) {
      underWay--;
      if (outcome === "done") {
        if (action.report) recorder.report(step, action.report);
      } else {
        const refused = "refused" in outcome;
        const failure = refused ? undefined : outcome;
        if (action.expected) unexpected(key, action);
        if (failure && action.failureReport && isWorthTelling(failure)) report(step, action.failureReport, failure);
        failed ??= { action, failure, found: refused ? outcome.refused : undefined };
      }
      advance(step);
    }

    function finish(step: Step) {
      finished = true;
      for (const action of actions.slice(next)) {
        if (action.expected) unexpected(key, action);
        plan.onUnsent?.(action);
      }
      if (halted) return done({ halted }, step);
      if (!failed) return done({}, step);
      const failure = failed;
      const after = plan.onFailure?.(failure) ?? [];
      if (after.length === 0) return done({ failure }, step);
      // Whatever becomes of these, it is the first failure that counts.
      run(step, { key, plan: { actions: after } }, (_end, later) => done({ failure }, later));
    }

    advance(step);
  }

  /** What an answer tells to do is a plan of its own; how that ends, the action ends. */
  function goOn(step: Step, { key, actions }: { key: string; actions: readonly Action[] }, settle: Settle) {
    run(step, { key, plan: { actions } }, ({ failure, halted }, last) => {
      if (!failure && !halted) settle("done", last);
      else settle(failure?.failure ?? { refused: failure?.found }, last);
    });
  }

  function report(step: Step, failureReport: NonNullable<Action["failureReport"]>, failure: Failure) {
    recorder.report(step, { ...failureReport, message: `${failureReport.message}${failure.message}` });
  }

  function carryOut(step: Step, { key, action }: { key: string; action: Action }, settle: Settle, attempt = 1) {
    if (action.op === "tell") return settle("done", step);
    if (action.op === "fail") return settle({ code: 0, reason: "InternalError", message: action.message }, step);
    if (action.op === "device" || action.op === "ask") {
      return options.ask(step, action, (answer, later) => {
        goOn(later, { key, actions: action.answered(answer, later) }, settle);
      });
    }
    if (action.op === "review") {
      const { kind, object, found } = action;
      return client.create(step, { kind, object }, (outcome, later) =>
        goOn(later, { key, actions: found(outcome, later) }, settle),
      );
    }
    if (action.op === "read") {
      const { kind, namespace, name, subresource, query } = action;
      const target = { kind, namespace, ...(name && { name }), subresource, query };
      const found: Then<unknown> = (outcome, later) =>
        goOn(later, { key, actions: action.found(outcome, later) }, settle);
      return name ? client.get(step, target, found) : client.list(step, target, found);
    }
    perform(client, { step, action }, (outcome, later) => {
      if (outcome.ok && isWrite(action)) wrote?.(later, { key, action, version: versionOf(outcome.value) });
      if (outcome.ok && !isCheck(action)) options.acted?.();
      if (!outcome.ok && outcome.failure.reason === "unknown" && isWrite(action)) doubted?.(key, action);
      if (!outcome.ok && isWorthAnotherTry(action, outcome.failure, attempt) && mayAct(later)) {
        return carryOut(later, { key, action }, settle, attempt + 1);
      }
      settle(verdictOn(action, outcome), later);
    });
  }

  return { run };
}

function isWrite({ op }: Action): boolean {
  return op === "create" || op === "update" || op === "patch";
}

function versionOf(object: unknown): string {
  return (object as Frozen<KubeObject>).metadata?.resourceVersion ?? "";
}

/** A cache that lags, or a server that is not there, is nothing that an object's readers could mend. */
function isWorthTelling({ reason }: Failure): boolean {
  return reason !== "AlreadyExists" && reason !== "Conflict" && reason !== "notSent" && reason !== "unknown";
}

/** `refused`: a live look found something else than it wanted. */
type Settled = "done" | { readonly refused: Frozen<KubeObject> | undefined } | Failure;
type Settle = (outcome: Settled, step: Step) => void;

/** What an answer means for the plan. */
function verdictOn(action: Action, outcome: Outcome<unknown>): Settled {
  if (isCheck(action)) {
    const refused = outcome.ok ? (outcome.value as Frozen<KubeObject>) : undefined;
    const holds = checked(action, outcome);
    if (holds === undefined) return outcome.ok ? { refused } : outcome.failure;
    return holds ? "done" : { refused };
  }
  if (outcome.ok) return "done";
  const { failure } = outcome;
  const { reason } = failure;
  if (action.accept?.includes(reason)) return "done";
  if (action.op !== "delete") return failure;
  const isAnother = reason === "Conflict" && action.uid !== undefined && action.resourceVersion === undefined;
  return reason === "NotFound" || isAnother ? "done" : failure;
}

/** What nobody answered is asked again where that does no harm. */
function isWorthAnotherTry(action: Action, { reason }: Failure, attempt: number): boolean {
  if (isCheck(action) || action.accept?.includes(reason)) return false;
  return reason === "unknown" && isRepeatable(action) && attempt < unknownAttemptsMax;
}

function isCheck({ op }: Action): boolean {
  return op.startsWith("ensure");
}

/**
 * A delete has its uid: sent twice, it acts once. What else is unknown is looked at first: what was made may be gone by
 * now, and whoever it was made for, too.
 */
function isRepeatable({ op }: Action): boolean {
  return op === "delete";
}

/** Whether what a live look wants holds; undefined when it could not be found out. */
function checked(action: Action, outcome: Outcome<unknown>): boolean | undefined {
  const object = outcome.ok ? (outcome.value as Frozen<KubeObject>) : undefined;
  if (!outcome.ok && (outcome.failure.reason !== "NotFound" || isUnserved(outcome.failure))) return undefined;
  switch (action.op) {
    case "ensureAbsent":
      return object === undefined || !isMeant(action, object);
    case "ensureAlive":
      return object?.metadata.uid === action.uid && object.metadata.deletionTimestamp === undefined;
    case "ensureEmpty":
      return object === undefined || !(object as unknown as Frozen<KubeList>).items.some(action.which ?? (() => true));
    default:
      return undefined;
  }
}

/** A server that does not know the kind, or not yet, says nothing of its objects. */
function isUnserved({ status }: Failure): boolean {
  return status !== undefined && status.details?.kind === undefined;
}

function perform(
  client: ApiClient,
  {
    step,
    action,
  }: { step: Step; action: Exclude<Action, { op: "ask" | "device" | "fail" | "read" | "review" | "tell" }> },
  done: Then<unknown>,
) {
  const { kind } = action;
  switch (action.op) {
    case "create":
      return client.create(step, { kind, namespace: action.object.metadata.namespace, object: action.object }, done);
    case "update":
      return client.update(step, { kind, object: action.object, subresource: action.subresource }, done);
    case "patch": {
      const { namespace, name, subresource, query, patch, contentType } = action;
      return client.patch(
        step,
        { kind, namespace, name, subresource, query, patch, ...(contentType && { contentType }) },
        done,
      );
    }
    case "delete": {
      const { namespace, name, uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = action;
      const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
      return client.remove(step, { kind, namespace, name, propagationPolicy, gracePeriodSeconds, preconditions }, done);
    }
    case "deleteAll": {
      const { group, version, plural: resource } = kind;
      const query = { propagationPolicy: "Background" };
      return client.request(
        step,
        { verb: "deletecollection", group, version, resource, namespace: action.namespace, query },
        done,
      );
    }
    case "ensureAbsent":
    case "ensureAlive":
      return client.get(step, { kind, namespace: action.namespace, name: action.name }, done);
    case "ensureEmpty":
      return client.list(
        step,
        { kind, namespace: action.namespace, ...(action.which === undefined && { query: { limit: "1" } }) },
        done,
      );
  }
}

/** The key of the object that an action writes. */
export function keyOfAction(action: Action): string | undefined {
  if ("object" in action) return keyOf(action.object as Frozen<KubeObject>);
  if ("name" in action) return action.namespace ? `${action.namespace}/${action.name}` : action.name;
  return undefined;
}
