import type { Step } from "../../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../../api/kind.ts";
import { conflict, notFound, type Status, success } from "../../api/status.ts";
import { formatTime, parseTime } from "../../api/time.ts";
import { type Namespace, thaw } from "../../api/types.ts";
import { admit } from "../admission/_chain.ts";
import { addressesOnDelete } from "../allocation/service_addresses.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Change, type Decided, guaranteedUpdate, type UpdateOutcome } from "../storage/guaranteed_update.ts";
import { encodeChanged, type Item, objectOf } from "../storage/item.ts";
import {
  type Call,
  type Draft,
  type Existing,
  groupResource,
  respondItem,
  respondStatus,
  warn,
  whenShown,
  whenStorable,
} from "./call.ts";
import { type DeleteOptions, deleteOptionsOf } from "./delete_options.ts";
import { existing, isFinal } from "./write_object.ts";

/** Kinds, by group, whose deletion is answered with the object rather than with a Status, as Kubernetes' registries do. */
const answeredWithObject: Readonly<Record<string, ReadonlySet<string>>> = {
  "": new Set([
    ...["namespaces", "persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "resourcequotas"],
    ...["serviceaccounts", "services"],
  ]),
  "resource.k8s.io": new Set(["deviceclasses", "resourceclaims", "resourceslices"]),
  "storage.k8s.io": new Set([
    ...["csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"],
  ]),
};

const jobWarning =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

const orphanFinalizer = "orphan";
const foregroundFinalizer = "foregroundDeletion";

/** Deletes an object: at once, or by marking it and leaving the rest to those who hold finalizers or run it. */
export function remove(server: Server, call: Call, step: Step) {
  const read = deleteOptionsOf(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const { kind, namespace, name } = call;
  warnOfOrphans(call, read.value);
  const key = storageKey(kind, { namespace, name });
  const cached = cacheOf(server, kind).items.get(key);
  removeObject(server, call, step, {
    key,
    name,
    cached,
    options: read.value,
    done: (outcome, later) => {
      if (!outcome.ok) return respondStatus(call, later, outcome.failure);
      const { item, deleted } = outcome.value;
      // Who asked in old words for dependents to go, too, is told that this is still to come.
      if (!deleted && read.value.isLegacyCascade) return respondItem(call, later, { item, code: 202 });
      if (!deleted || answeredWithObject[kind.group]?.has(kind.plural)) return respondItem(call, later, { item });
      const { uid = "" } = objectOf(item).metadata;
      respondStatus(call, later, success(groupResource(call), { name, uid }));
    },
  });
}

/** Says of Jobs what becomes of their pods, to who did not say what should. */
export function warnOfOrphans(call: Call, { propagation }: DeleteOptions): void {
  const { group, plural } = call.kind;
  if (propagation === undefined && group === "batch" && plural === "jobs") warn(call, [jobWarning]);
}

/** One object to delete. */
export interface Removal {
  readonly key: string;
  readonly name: string;
  readonly cached: Item | undefined;
  readonly options: DeleteOptions;
  readonly done: (outcome: UpdateOutcome, step: Step) => void;
}

/** Deletes one object. */
export function removeObject(server: Server, call: Call, step: Step, removal: Removal): void {
  const { key, name, cached, options, done } = removal;
  const resource = groupResource(call);
  guaranteedUpdate(server.store, step, {
    key,
    resource,
    name,
    cached,
    dryRun: options.dryRun,
    // Of two who begin a deletion in one second both write the same.
    sameIsDone: true,
    decide: ({ item }, decided, now) => {
      const refuse = (status: Status, later: Step) => decided({ do: "refuse", status }, later);
      if (!item) return refuse(notFound(resource, name), now);
      whenShown(call, now, {
        item,
        refuse,
        go: (later) =>
          decideRemoval({ server, call, old: existing(call, item), item, options, decided, refuse }, later),
      });
    },
    done,
  });
}

interface DecidingRemoval extends Deleting {
  readonly server: Server;
  readonly call: Call;
  readonly decided: Decided;
  readonly refuse: (status: Status, step: Step) => void;
}

function decideRemoval(deciding: DecidingRemoval, step: Step) {
  const { server, call, old, item, options, decided, refuse } = deciding;
  const unmet = unmetPrecondition(call, deciding);
  if (unmet) return refuse(unmet, step);
  admit(
    { operation: "DELETE", server, call, old, deleteOptions: options },
    (refusal, later) => {
      if (refusal) return refuse(refusal, later);
      const removal = removalOf(call, later, deciding);
      if (!("changed" in removal)) return decided(removal, later);
      whenStorable(call, later, {
        object: removal.changed,
        refuse,
        go: (stored, now) => decided({ do: "put", text: encodeChanged(stored, item) }, now),
      });
    },
    step,
  );
}

interface Deleting {
  readonly old: Existing;
  readonly item: Item;
  readonly options: DeleteOptions;
}

function unmetPrecondition(call: Call, { old, item, options }: Deleting): Status | undefined {
  const { uid, resourceVersion } = options;
  const refuse = (text: string) => conflict(groupResource(call), old.metadata.name, `Precondition failed: ${text}`);
  if (uid !== undefined && uid !== old.metadata.uid) {
    return refuse(`UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ""}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== String(item.revision)) {
    return refuse(
      `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${item.revision}`,
    );
  }
  return undefined;
}

/** What a delete makes of an object; the rules of k8s.io/apiserver `rest.BeforeDelete` and its callers. */
function removalOf(call: Call, step: Step, { old, options }: Deleting): Change | { readonly changed: Draft } {
  const { kind } = call;
  const draft = thaw(old) as Draft;
  const gone: Change = { do: "delete", ...addressesOnDelete(kind, old) };
  const put = () => ({ changed: draft });
  setPropagation(kind, draft, options);
  const finalizersChanged = JSON.stringify(draft.metadata.finalizers) !== JSON.stringify(old.metadata.finalizers);
  const seconds = graceSeconds(call, old, options);
  if (old.metadata.deletionTimestamp) {
    const before = old.metadata.deletionGracePeriodSeconds ?? 0;
    if (seconds > 0 && options.gracePeriodSeconds !== undefined && seconds < before) {
      shorten(draft, { before, seconds });
      return put();
    }
    if (seconds > 0 && seconds >= before && before > 0) return finalizersChanged ? put() : { do: "nothing" };
    if (isFinal(draft)) return gone;
    if (before === 0 && !finalizersChanged) return { do: "nothing" };
    draft.metadata.deletionGracePeriodSeconds = 0;
    return put();
  }
  markNamespace(draft);
  if (seconds === 0 && isFinal(draft)) return gone;
  draft.metadata.deletionTimestamp = formatTime(step.nowMs + seconds * 1_000);
  draft.metadata.deletionGracePeriodSeconds = seconds;
  if (draft.metadata.generation !== undefined) draft.metadata.generation++;
  return put();
}

/** How long the object has left to end by itself: 0 unless its kind ends in good order. */
function graceSeconds(call: Call, old: Existing, options: DeleteOptions): number {
  const own = call.kind.gracePeriodSeconds(old);
  if (own === 0) return 0;
  const asked = options.gracePeriodSeconds ?? old.metadata.deletionGracePeriodSeconds ?? own;
  return asked < 0 ? 1 : asked;
}

function shorten(draft: Draft, { before, seconds }: { readonly before: number; readonly seconds: number }): void {
  const { metadata } = draft;
  const endMs = parseTime(metadata.deletionTimestamp ?? "") ?? 0;
  metadata.deletionTimestamp = formatTime(endMs - (before - seconds) * 1_000);
  metadata.deletionGracePeriodSeconds = seconds;
}

/**
 * A policy that is named replaces what the finalizers said before; without one they stand, and where they say nothing
 * it is the kind's own.
 */
function setPropagation(kind: KindDefinition, { metadata }: Draft, { propagation }: DeleteOptions): void {
  const { finalizers = [] } = metadata;
  const others = finalizers.filter((each) => each !== orphanFinalizer && each !== foregroundFinalizer);
  if (propagation === undefined && (others.length < finalizers.length || !orphansByDefault(kind))) return;
  if (propagation === "Orphan" || propagation === undefined) others.push(orphanFinalizer);
  if (propagation === "Foreground") others.push(foregroundFinalizer);
  if (others.length > 0) metadata.finalizers = others;
  else delete metadata.finalizers;
}

/** Kinds of version 1 from before dependents were collected: what they own stays, unless who deletes says otherwise. */
function orphansByDefault({ group, plural }: KindDefinition): boolean {
  return (group === "" && plural === "replicationcontrollers") || (group === "batch" && plural === "jobs");
}

/** A namespace that is deleted says so in its phase: its controller empties it then. */
function markNamespace(draft: Draft): void {
  if (draft.kind === "Namespace")
    (draft as Namespace).status = { ...(draft as Namespace).status, phase: "Terminating" };
}
