import type { Step } from "../../../runtime/mod.ts";
import type { Managers } from "../../api/apply/managers.ts";
import { packManagers } from "../../api/apply/packed.ts";
import { takeEphemeralContainers, validateEphemeralContainersUpdate } from "../../api/ephemeral_containers.ts";
import type { FeatureGates } from "../../api/feature_gates.ts";
import type { FieldError } from "../../api/field_error.ts";
import { invalid } from "../../api/field_error.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { takeResize, validateResize } from "../../api/pod_resize.ts";
import { conflict, invalidObject, type Status } from "../../api/status.ts";
import type { Frozen, KubeObject, Pod } from "../../api/types.ts";
import { failed, type Result } from "../../kit/result.ts";
import { mutate, validate as validateByPlugins } from "../admission/_chain.ts";
import type { Admitting } from "../admission/_plugin.ts";
import { addressesOnDelete, addressesOnUpdate, noAddresses } from "../allocation/service_addresses.ts";
import type { Server } from "../server.ts";
import type { Change, Current, Decided } from "../storage/guaranteed_update.ts";
import { encodeForStore, type Item, isWithResourceVersion, objectFor } from "../storage/item.ts";
import { type Call, type Draft, type Existing, groupKind, groupResource, warn, whenStorable } from "./call.ts";
import { deriveStatus } from "./derived_status.ts";
import { ownersOfChanged } from "./owners.ts";

/** Which part of an object a write may change. */
export type Part = "object" | "status" | "approval" | "finalize" | "ephemeralcontainers" | "resize";

/** A change of an object that is there. */
export interface ObjectChange {
  readonly draft: Draft;
  readonly old: Existing;
  readonly item: Item;
  readonly part: Part;
  readonly current: Current;
  readonly decided: Decided;
  /** Who owns which fields after it. Default: who did, and whoever asks owns what is changed. */
  readonly managers?: Managers;
}

/** Checks a changed object and decides what the store is to do: the one way of every update and patch. */
export function updateChange(server: Server, call: Call, step: Step, change: ObjectChange) {
  const { draft, old, decided } = change;
  const admitting: Admitting = { operation: "UPDATE", server, call, draft, old };
  call.kind.applyDefaults(draft);
  // What admission changes after this is nobody's.
  const managers = change.managers ?? ownersOfChanged({ server, call, step }, change);
  mutate(
    admitting,
    (refusal, later) => {
      if (refusal) return decided(refusing(refusal), later);
      const judged = judge(admitting, change, later);
      if (!judged.ok) return decided(refusing(judged.failure), later);
      whenStorable(call, later, {
        object: draft,
        refuse: (status, now) => decided(refusing(status), now),
        go: (stored, now) => {
          const made = changeOf(call, { ...change, managers, stored, addresses: judged.value });
          if (made.do === "refuse" || made.do === "nothing") return decided(made, now);
          validateByPlugins(admitting, (refused, last) => decided(refused ? refusing(refused) : made, last), now);
        },
      });
    },
    step,
  );
}

const refusing = (status: Status): Change => ({ do: "refuse", status });

/** What is claimed and given back beside an object. */
type Addresses = Extract<ReturnType<typeof addressesOnUpdate>, { readonly ok: true }>["value"];

function judge({ server, call }: Admitting, change: ObjectChange, step: Step): Result<Addresses, Status> {
  const { draft, old, part } = change;
  const stale = versionConflict(call, change);
  if (stale) return failed(stale);
  prepare(call.kind, draft, { old, part, nowMs: step.nowMs, gates: server.input.featureGates ?? [] });
  if (part === "object") deriveStatus(server, { kind: call.kind, nowMs: step.nowMs }, draft);
  const addresses = part === "object" ? addressesOnUpdate(server, call, step, change) : noAddresses;
  if (!addresses.ok) return addresses;
  const errors = validate(call.kind, draft, { old, part });
  if (errors.length > 0) return failed(invalidObject(groupKind(call), draft.metadata.name, errors));
  if (part === "object") warn(call, call.kind.warnings(draft, old));
  return addresses;
}

interface Judged extends ObjectChange {
  readonly managers: Managers;
  readonly stored: Frozen<KubeObject>;
  readonly addresses: Addresses;
}

function changeOf(call: Call, { draft, old, item, managers, stored, addresses }: Judged): Change {
  const text = encodeForStore(stored, packManagers(managers));
  if (endsByUpdate(draft, old)) return { do: "delete", text, ...addressesOnDelete(call.kind, old) };
  // What would not change anything is not written: it would only wake everybody who watches.
  if (!item.isStale && isWithResourceVersion(item.text, text, item.revision)) return { do: "nothing" };
  return { do: "put", text, ...addresses };
}

function versionConflict(call: Call, { draft, old, item }: ObjectChange): Status | undefined {
  const { kind } = call;
  const { uid, resourceVersion = "" } = draft.metadata;
  const name = draft.metadata.name;
  if (uid && old.metadata.uid && uid !== old.metadata.uid) {
    const text = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    return conflict(groupResource(call), name, text);
  }
  if (resourceVersion === "" || resourceVersion === "0") {
    if (kind.allowUnconditionalUpdate) return undefined;
    const error = invalid("metadata.resourceVersion", 0, "must be specified for an update");
    return invalidObject(groupKind(call), name, [error]);
  }
  if (isBasedOn(item, resourceVersion)) return undefined;
  return conflict(groupResource(call), name);
}

/** Whether a change was made of an object as it is now. */
export function isBasedOn({ revision }: Item, resourceVersion: string): boolean {
  return resourceVersion === String(revision);
}

interface Against {
  readonly old: Frozen<KubeObject>;
  readonly part: Part;
}

interface Preparing extends Against {
  readonly nowMs: number;
  readonly gates: FeatureGates;
}

function prepare(kind: KindDefinition, draft: Draft, { old, part, nowMs, gates }: Preparing): void {
  kind.applyDefaults(draft);
  kind.forgetDisabled(draft, { gates, old });
  if (part === "status") kind.prepareForStatusUpdate(draft, old, nowMs);
  else if (part === "approval") kind.prepareForApproval(draft, old, nowMs);
  else if (part === "object") kind.prepareForUpdate(draft, old);
  else if (part === "ephemeralcontainers") takeEphemeralContainers(draft as Pod, old as Frozen<Pod>);
  else if (part === "resize") takeResize(draft as Pod, old as Frozen<Pod>);
  const { metadata } = draft;
  // Only a delete begins a deletion.
  if (!old.metadata.deletionTimestamp) {
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
  }
  delete metadata.managedFields;
}

function validate(kind: KindDefinition, draft: Draft, { old, part }: Against): FieldError[] {
  if (part === "finalize") return [];
  if (part === "ephemeralcontainers") return validateEphemeralContainersUpdate(draft as Pod, old as Frozen<Pod>);
  if (part === "resize") return validateResize(draft as Pod, old as Frozen<Pod>);
  return part === "status" || part === "approval"
    ? kind.validateStatusUpdate(draft, old)
    : kind.validateUpdate(draft, old);
}

/** Whether an update takes away the last thing that kept an object whose deletion has begun. */
export function endsByUpdate(draft: Draft, old: Existing): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds !== 0) return false;
  return isFinal(draft);
}

/** Whether nothing keeps an object from being removed: neither finalizers of its own nor, for a namespace, of its contents. */
export function isFinal(object: Existing): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return false;
  if (object.kind !== "Namespace") return true;
  const { spec } = object as { spec?: { finalizers?: readonly string[] } };
  return (spec?.finalizers ?? []).length === 0;
}

/** The object of an item in the call's own version. */
export function existing(call: Call, item: Item): Existing {
  return objectFor(call.kind, item);
}
