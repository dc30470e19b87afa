import { applyMergePatch } from "../../../actors/api/merge_patch.ts";
import { deepFreeze, type Frozen, type KubeObject } from "../../../actors/api/types.ts";
import type { Kind } from "../../../actors/client/api_request.ts";
import { createObjectStore, type ObjectStore } from "../../../actors/client/object_store.ts";
import type { Outcome } from "../../../actors/client/outcome.ts";
import type { Lister, Listers, Loop, Watch } from "../../../actors/controllers/loop.ts";
import type { Action, Plan } from "../../../actors/controllers/plan.ts";
import { keyOfAction } from "../../../actors/controllers/plan_runner.ts";
import { ok } from "../../../actors/kit/result.ts";

/** An action of a plan that reads. */
export type ReadAction = Extract<Action, { op: "read" }>;

/** A loop over plain objects: no server, no messages, time as the test says. Whatever it plans is done, and seen. */
export interface PlainLoop {
  /** What was told of objects, in order: `Normal NoPods: No matching pods found`. */
  readonly told: readonly string[];
  /** The scales that were written, in order. */
  readonly scales: readonly Frozen<KubeObject>[];
  put(object: object): void;
  all<T extends KubeObject>(kind: Kind<T>): readonly Frozen<T>[];
  /** Plans for a key, at a time, and does it; undefined when there is nothing under the key. */
  turn(key: string, nowMs: number): Plan | undefined;
}

type Read = (action: ReadAction) => Outcome<unknown>;

/** Sets a loop up over nothing; what its plans read, `read` answers, and `device` is what any device says, and any review. */
export function createPlainLoop(loop: Loop, read?: Read, device?: unknown): PlainLoop {
  const storeFor = ({ indexes }: Watch): ObjectStore<KubeObject> => createObjectStore<KubeObject>({ ...indexes });
  const stores = new Map(loop.watches.map((each) => [each.kind.kind, storeFor(each)]));
  const told: string[] = [];
  const scales: Frozen<KubeObject>[] = [];
  const memory = loop.begin({});
  let made = 0;
  const storeOf = (kind: string) => stores.get(kind) as ObjectStore<KubeObject>;
  const listers: Listers = {
    derived: [],
    of: <T extends KubeObject>({ kind }: Kind<T>) => storeOf(kind) as unknown as Lister<T>,
  };

  function put(object: object) {
    const { metadata, ...rest } = object as KubeObject;
    made++;
    const next = { ...rest, metadata: { uid: `uid-${made}`, ...metadata, resourceVersion: String(made) } };
    storeOf(next.kind).set(deepFreeze(next) as Frozen<KubeObject>);
    for (const each of loop.derived?.watchesOf(listers) ?? []) {
      if (!stores.has(each.kind.kind)) stores.set(each.kind.kind, storeFor(each));
    }
  }

  function perform(action: Action, nowMs: number) {
    const { report } = action;
    if (report) told.push(`${report.type} ${report.reason}: ${report.message}`);
    if (action.op === "update" && action.subresource === "scale") scales.push(action.object as Frozen<KubeObject>);
    else if (action.op === "create" || action.op === "update") put(action.object);
    else if (action.op === "delete") storeOf(action.kind.kind).delete(keyOfAction(action) ?? "");
    else if (action.op === "patch") patch(action);
    else if (action.op === "device") for (const next of action.answered(device)) perform(next, nowMs);
    else if (action.op === "review") {
      for (const next of action.found(ok(device), { nowMs, uptimeMs: nowMs })) perform(next, nowMs);
    } else if (action.op === "read" && read) {
      for (const next of action.found(read(action), { nowMs, uptimeMs: nowMs })) perform(next, nowMs);
    } else if (action.op !== "tell" && action.op !== "ensureAbsent" && action.op !== "ensureAlive") {
      throw new Error(`Doing ${action.op}: plain loops create, update, patch, delete and read`);
    }
  }

  function patch(action: Extract<Action, { op: "patch" }>) {
    const before = storeOf(action.kind.kind).get(keyOfAction(action) ?? "");
    if (before) put(applyMergePatch(before, action.patch) as KubeObject);
  }

  /** What a plan finds when it looks at the API itself: here, what the loop sees anyway. */
  function mayGoOn(action: Action): boolean {
    if (action.op !== "ensureAbsent" && action.op !== "ensureAlive") return true;
    const found = storeOf(action.kind.kind).get(keyOfAction(action) ?? "");
    if (action.op === "ensureAlive") {
      return found?.metadata.uid === action.uid && found?.metadata.deletionTimestamp === undefined;
    }
    return found === undefined || (action.uid !== undefined && found.metadata.uid !== action.uid);
  }

  return {
    told,
    scales,
    put,
    all: <T extends KubeObject>({ kind }: Kind<T>) => [...storeOf(kind).values()] as unknown as Frozen<T>[],
    turn(key, nowMs) {
      const random = { float: () => 0, int: () => 0 };
      const newName = (base: string) => `${base}${made}`;
      const turn = {
        ...random,
        key,
        nowMs,
        uptimeMs: nowMs,
        expectationsMet: true,
        memory,
        newName,
        defect: () => false,
      };
      const plan = loop.reconcile(key, listers, turn);
      for (const action of plan?.actions ?? []) {
        if (!mayGoOn(action)) break;
        perform(action, nowMs);
      }
      return plan;
    },
  };
}
