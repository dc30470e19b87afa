import type { Step } from "../../../runtime/mod.ts";
import type { Managers } from "../../api/apply/managers.ts";
import { packManagers } from "../../api/apply/packed.ts";
import { storageKey } from "../../api/kind.ts";
import { generateName } from "../../api/names.ts";
import { alreadyExists, badRequest, generateNameConflict, invalidObject, type Status } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import { thaw } from "../../api/types.ts";
import { failed } from "../../kit/result.ts";
import { mutate, validate } from "../admission/_chain.ts";
import type { Verdict } from "../admission/_plugin.ts";
import { addressesOnCreate } from "../allocation/service_addresses.ts";
import type { Server } from "../server.ts";
import { type Current, type Decided, guaranteedUpdate, type UpdateOutcome } from "../storage/guaranteed_update.ts";
import { encodeForStore } from "../storage/item.ts";
import { readObject } from "./body.ts";
import {
  type Call,
  type Draft,
  groupKind,
  groupResource,
  isDryRun,
  respondItem,
  respondStatus,
  warn,
  whenStorable,
} from "./call.ts";
import { deriveStatus } from "./derived_status.ts";
import { ownersOfNew } from "./owners.ts";
import { uuid } from "./uid.ts";
import { existing } from "./write_object.ts";

const generatedNamesMax = 8;

/** Creates an object. */
export function create(server: Server, call: Call, step: Step) {
  const read = readObject(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  createObject(server, call, step, {
    draft: read.value,
    done: (outcome, later) => {
      if (outcome.ok) respondItem(call, later, { item: outcome.value.item, code: 201 });
      else respondStatus(call, later, outcome.failure);
    },
  });
}

/** An object to create. */
export interface Creation {
  readonly draft: Draft;
  /** Who owns its fields. Default: who asks for it. */
  readonly managers?: Managers;
  readonly done: (outcome: UpdateOutcome, step: Step) => void;
}

/** Creates an object from a draft whose type and namespace are checked: admission, preparation, validation, storage. */
export function createObject(server: Server, call: Call, step: Step, creation: Creation) {
  const { draft, done } = creation;
  const { kind } = call;
  const refuse = (status: Status, now: Step) => done(failed(status), now);
  const { metadata } = draft;
  if (metadata.resourceVersion && metadata.resourceVersion !== "0") {
    return refuse(badRequest("resourceVersion should not be set on objects to be created"), step);
  }
  const base = metadata.name === "" ? (metadata.generateName ?? "") : "";
  if (base !== "") metadata.name = generateName(base, () => step.float());
  call.kind.applyDefaults(draft);
  // What admission changes after this is nobody's.
  const managers = creation.managers ?? ownersOfNew({ server, call, step }, draft);
  const verdict: Verdict = (status, later) => {
    if (status) return refuse(status, later);
    fillSystemMetadata(draft, later);
    kind.forgetDisabled(draft, { gates: server.input.featureGates ?? [], old: undefined });
    kind.prepareForCreate(draft, call.user);
    deriveStatus(server, { kind, nowMs: later.nowMs }, draft);
    judge({ server, call, draft, managers, done, base, tries: 1 }, later);
  };
  mutate({ operation: "CREATE", server, call, draft }, verdict, step);
}

function fillSystemMetadata({ metadata }: Draft, step: Step): void {
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.managedFields;
  delete metadata.selfLink;
  metadata.uid = uuid(step);
  metadata.creationTimestamp = formatTime(step.nowMs);
}

interface Storing extends Creation {
  readonly managers: Managers;
  readonly server: Server;
  readonly call: Call;
  /** The `generateName` that the name was made from; empty when the client chose it. */
  readonly base: string;
  readonly tries: number;
}

/** The last word on an object as it will be stored: its kind's, and then that of admission. */
function judge(storing: Storing, step: Step) {
  const { server, call, draft, done, tries } = storing;
  const { kind } = call;
  const { name } = draft.metadata;
  const errors = kind.validate(draft);
  if (errors.length > 0) return done(failed(invalidObject(groupKind(call), name, errors)), step);
  if (tries === 1) warn(call, kind.warnings(draft));
  const verdict: Verdict = (refusal, later) => {
    if (refusal) done(failed(refusal), later);
    else store(storing, later);
  };
  validate({ operation: "CREATE", server, call, draft }, verdict, step);
}

function store(storing: Storing, step: Step) {
  const { server, call, draft, managers, done, base, tries } = storing;
  const { kind } = call;
  const { name, namespace } = draft.metadata;
  const resource = groupResource(call);
  let exists = false;
  guaranteedUpdate(server.store, step, {
    key: storageKey(kind, { name, ...(namespace ? { namespace } : {}) }),
    resource,
    name,
    cached: undefined,
    absent: true,
    sameIsDone: true,
    dryRun: isDryRun(call),
    decide: (current, decided, now) => {
      exists = current.item !== undefined;
      if (!exists) return decideCreation(server, call, now, { draft: thaw(draft), managers, current, decided });
      const taken = base === "" ? alreadyExists(resource, name) : generateNameConflict(resource, name);
      const there = current.item && existing(call, current.item);
      if (there?.metadata.deletionTimestamp) taken.message = `object is being deleted: ${taken.message}`;
      decided({ do: "refuse", status: taken }, now);
    },
    done: (outcome, later) => {
      if (!exists || base === "" || tries >= generatedNamesMax) return done(outcome, later);
      draft.metadata.name = generateName(base, () => later.float());
      judge({ ...storing, tries: tries + 1 }, later);
    },
  });
}

interface Deciding {
  readonly draft: Draft;
  readonly managers: Managers;
  readonly current: Current;
  readonly decided: Decided;
}

function decideCreation(server: Server, call: Call, step: Step, { draft, managers, current, decided }: Deciding) {
  const addresses = addressesOnCreate(server, call, step, { draft, taken: current.taken });
  const refuse = (status: Status, later: Step) => decided({ do: "refuse", status }, later);
  if (!addresses.ok) return refuse(addresses.failure, step);
  whenStorable(call, step, {
    object: draft,
    refuse,
    go: (stored, later) =>
      decided({ do: "put", text: encodeForStore(stored, packManagers(managers)), ...addresses.value }, later),
  });
}
