import type { Step } from "../../../runtime/mod.ts";
import { setCondition } from "../../api/conditions.ts";
import { storageKey } from "../../api/kind.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { badRequest, conflict, created, notFound, type Status } from "../../api/status.ts";
import { type Frozen, type KubeObject, type Pod, type PodCondition, thaw } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { admit } from "../admission/_chain.ts";
import type { Verdict } from "../admission/_plugin.ts";
import { parseJson, placeInNamespace } from "../requests/body.ts";
import { type Call, groupResource, isDryRun, respondStatus } from "../requests/call.ts";
import { removeObject } from "../requests/delete.ts";
import { type DeleteOptions, deleteOptionsOf } from "../requests/delete_options.ts";
import { checkFields } from "../requests/field_validation.ts";
import { findItem } from "../requests/get.ts";
import { existing } from "../requests/write_object.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Change, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { encodeChanged, type Item } from "../storage/item.ts";
import { askBudget, budgetIsBusy, type PermitThen } from "./_disruption_budget.ts";
import { isPod, type Subresource } from "./_subresource.ts";

interface Eviction extends KubeObject {
  readonly deleteOptions?: object;
}

const evictionKind = { kind: "Eviction", version: "v1", schema: "io.k8s.api.policy.v1.Eviction" };
const target: PodCondition = {
  type: "DisruptionTarget",
  status: "True",
  reason: "EvictionByEvictionAPI",
  message: "Eviction API: evicting",
};

/**
 * Evicts a pod, as `kubectl drain` does: asks its disruption budget, marks the pod as the target of a disruption, then
 * deletes it in good order. Follows "API-initiated Eviction" of Kubernetes and `pkg/registry/core/pod/storage`.
 */
export const eviction: Subresource = {
  name: "eviction",
  isOf: isPod,
  verbs: ["create"],
  responseKind: { group: "policy", version: "v1", kind: "Eviction" },
  serve: createEviction,
};

function createEviction(server: Server, call: Call, step: Step) {
  const eviction = readEviction(call);
  if (!eviction.ok) return respondStatus(call, step, eviction.failure);
  const body = JSON.stringify(eviction.value.deleteOptions ?? {});
  const read = deleteOptionsOf({ request: { ...call.request, body }, query: call.query });
  if (!read.ok) return respondStatus(call, step, read.failure);
  const options = { ...read.value, dryRun: read.value.dryRun || isDryRun(call) };
  const verdict: Verdict = (refusal, later) => {
    if (refusal) respondStatus(call, later, refusal);
    else evict(server, { call, options }, later);
  };
  admit({ operation: "CREATE", server, call, draft: eviction.value }, verdict, step);
}

interface Evicting {
  readonly call: Call;
  readonly options: DeleteOptions;
  /** How often the pod was looked at, this time included. Default 1. */
  readonly looks?: number;
}

/** So often a pod that changes under the hands is looked at anew. */
const looksMax = 20;

function evict(server: Server, { call, options, looks = 1 }: Evicting, step: Step) {
  findItem(server, { ...call, query: {} }, step, (found, later) => {
    if (!found.ok) return respondStatus(call, later, found.failure);
    const seen = found.value;
    const pod = existing(call, seen) as Frozen<Pod>;
    // What has ended or has not begun disturbs nobody; a pod that begins meanwhile is looked at anew.
    if (isUndisturbed(pod)) {
      const isStill = (now: Frozen<Pod>) => isUndisturbed(now);
      const changed = (when: Step) =>
        looks < looksMax
          ? evict(server, { call, options, looks: looks + 1 }, when)
          : respondStatus(call, when, conflict(groupResource(call), call.name));
      return removeMarked(server, { call, options, isStill, changed }, later);
    }
    const done: PermitThen = (permit, when) => {
      if (!permit.ok) return respondStatus(call, when, permit.failure);
      const { unguarded } = permit.value;
      // A pod that its budget does not count may begin to count before it is gone.
      const isStill = (_now: Frozen<Pod>, item: Item) => unguarded === undefined || item.revision === seen.revision;
      const changed = (last: Step) => respondStatus(call, last, budgetIsBusy(unguarded ?? ""));
      removeMarked(server, { call, options, isStill, changed }, when);
    };
    askBudget(server, { call, pod, dryRun: options.dryRun, done }, later);
  });
}

interface Marking extends Evicting {
  /** Whether the pod is as it was when it was found that it may be evicted. */
  isStill(pod: Frozen<Pod>, item: Item): boolean;
  /** Called when it is not. */
  changed(step: Step): void;
}

function removeMarked(server: Server, { call, options, isStill, changed }: Marking, step: Step) {
  const { kind, namespace, name } = call;
  const key = storageKey(kind, { namespace, name });
  let hasChanged = false;
  guaranteedUpdate(server.store, step, {
    key,
    resource: groupResource(call),
    name,
    cached: cacheOf(server, kind).items.get(key),
    dryRun: options.dryRun,
    sameIsDone: true,
    decide: ({ item }, decided, now) => {
      if (!item) return decided({ do: "refuse", status: notFound(groupResource(call), name) }, now);
      const pod = existing(call, item) as Frozen<Pod>;
      hasChanged = options.resourceVersion === undefined && !isStill(pod, item);
      if (hasChanged) decided({ do: "refuse", status: conflict(groupResource(call), name) }, now);
      else decided(marked(item, { pod, options }, now), now);
    },
    done: (outcome, later) => {
      if (!outcome.ok) return hasChanged ? changed(later) : respondStatus(call, later, outcome.failure);
      removeObject(server, call, later, {
        key,
        name,
        cached: outcome.value.item,
        options,
        done: (removed, when) => {
          if (!removed.ok) return respondStatus(call, when, removed.failure);
          respondStatus(call, when, created());
        },
      });
    },
  });
}

function isUndisturbed(pod: Frozen<Pod>): boolean {
  return pod.metadata.deletionTimestamp !== undefined || pod.status.phase === "Pending" || isPodTerminated(pod);
}

function readEviction(call: Call): Result<Eviction, Status> {
  const parsed = parseJson(call.request.body ?? "", "body of the request");
  if (!parsed.ok) return parsed;
  const object = parsed.value as unknown as Eviction;
  const wrong =
    checkFields(call, object, { kind: evictionKind }) ??
    nameError(call, object) ??
    placeInNamespace(call, object, call.kind);
  return wrong ? failed(wrong) : ok(object);
}

function nameError(call: Call, { metadata }: Eviction): Status | undefined {
  if (!metadata.name || metadata.name === call.name) return undefined;
  return badRequest("name in URL does not match name in Eviction object");
}

interface ToMark {
  readonly pod: Frozen<Pod>;
  readonly options: DeleteOptions;
}

/** A pod that has ended, or that may be another one than was meant, is left to the delete. */
function marked(item: Item, { pod, options }: ToMark, step: Step): Change {
  const { uid, resourceVersion } = options;
  const { phase } = pod.status;
  if (resourceVersion !== undefined) return { do: "nothing" };
  if (phase === "Succeeded" || phase === "Failed" || pod.metadata.deletionTimestamp) return { do: "nothing" };
  if (uid !== undefined && uid !== pod.metadata.uid) return { do: "nothing" };
  const draft = thaw(pod) as Pod;
  draft.status.conditions = [...setCondition(draft.status.conditions, { condition: target, nowMs: step.nowMs })];
  return { do: "put", text: encodeChanged(draft, item) };
}
