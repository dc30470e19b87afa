/**
 * Who owns the fields of an object that is written: what a server asks structured merge and diff, and what it is told.
 */
import type { Step } from "../../../runtime/mod.ts";
import type { Applied, Conflict } from "../../api/apply/apply.ts";
import { type FieldSet, noFields, setOfPaths } from "../../api/apply/field_set.ts";
import { structShape } from "../../api/apply/kind_shape.ts";
import { applyWithLastApplied } from "../../api/apply/last_applied.ts";
import { decodeEntries, idOf, isReset, type Managers, type Owner } from "../../api/apply/managers.ts";
import { outlineOf } from "../../api/apply/outline.ts";
import { unpackManagers } from "../../api/apply/packed.ts";
import { trackUpdate } from "../../api/apply/track.ts";
import type { Versioned, Writer } from "../../api/apply/writer.ts";
import { zeroObject } from "../../api/apply/zero.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import { packedIn } from "../../api/stored_text.ts";
import type { Fields, KubeObject } from "../../api/types.ts";
import { createMemo, type Memo } from "../../kit/memo.ts";
import type { Result } from "../../kit/result.ts";
import type { Server } from "../server.ts";
import type { Item } from "../storage/item.ts";
import type { Call, Draft, Existing } from "./call.ts";
import { managerOf } from "./manager_name.ts";
import { isTrue } from "./query.ts";
import type { Part } from "./write_object.ts";

/** Who asks for a write, of whom, and when. */
export interface Asking {
  readonly server: Server;
  readonly call: Call;
  readonly step: Step;
}

/** The managers of a stored object. */
export function managersOf(item: Item): Managers {
  return unpackManagers(packedIn(item.text));
}

const nobody: Managers = new Map();

/** Who owns the fields of an object that is about to be created. */
export function ownersOfNew(asking: Asking, draft: Draft): Managers {
  const given = givenManagers(draft, nobody);
  const writer = writerOf(asking, "object");
  if (given.size === 0) return ownerOfAll(asking, draft, writer);
  return trackUpdate(given, { live: zeroOf(asking.call.kind), now: draft as unknown as Fields }, writer);
}

const newMax = 1_024;
/** By kind: who owns the fields of new objects, by who made them and what they have. */
const known = new WeakMap<KindDefinition, Memo<Owner | "nobody">>();

function ownerOfAll({ call }: Asking, draft: Draft, writer: Writer): Managers {
  const { kind } = call;
  let owners = known.get(kind);
  if (owners === undefined) {
    owners = createMemo(newMax);
    known.set(kind, owners);
  }
  const outline = `${writer.manager.length}:${writer.manager}${outlineOf(draft, writer.shape, writer.reset)}`;
  const owner = owners.get(outline, () => {
    const change = { live: zeroOf(kind), now: draft as unknown as Fields };
    const [only] = trackUpdate(nobody, change, writer).values();
    return only?.owner ?? "nobody";
  });
  return owner === "nobody" ? nobody : new Map([[idOf(owner), { owner, seconds: writer.seconds }]]);
}

/** A change of an object that is there. */
export interface Owning {
  readonly draft: Draft;
  readonly old: Existing;
  readonly item: Item;
  readonly part: Part;
}

/** Who owns the fields of an object after a change by anything but an apply; what the draft says of it is taken out. */
export function ownersOfChanged(asking: Asking, { draft, old, item, part }: Owning): Managers {
  const stored = managersOf(item);
  const given = givenManagers(draft, stored);
  // Through a part of it nobody says who owns the object.
  const managers = part === "object" ? given : stored;
  // Nobody is remembered of an object of which nobody was.
  if (managers.size === 0) return managers;
  const change = { live: old as unknown as Fields, now: draft as unknown as Fields };
  return trackUpdate(managers, change, writerOf(asking, part));
}

/** The managers that a client's object names, if it does in a way that can be read; they are taken out of it. */
function givenManagers({ metadata }: Draft, stored: Managers): Managers {
  const { managedFields } = metadata;
  if (managedFields === undefined) return stored;
  delete metadata.managedFields;
  if (isReset(managedFields)) return nobody;
  const read = decodeEntries(managedFields);
  return read.ok && read.value.size > 0 ? read.value : stored;
}

/** An object to apply, and what is there. */
export interface Applying {
  readonly config: Fields;
  readonly part: Part;
  /** Absent when it is to be created. */
  readonly existing?: { readonly old: Existing; readonly item: Item };
}

/** What an apply makes of an object and its owners, or with whom it is in conflict. */
export function applied(asking: Asking, { config, part, existing }: Applying): Result<Applied, readonly Conflict[]> {
  const { call } = asking;
  const zero = zeroOf(call.kind);
  const live = existing ? (existing.old as unknown as Fields) : zero;
  const managers = existing ? managersOf(existing.item) : nobody;
  const force = isTrue(call.query.force);
  return applyWithLastApplied({ live, zero, config, managers, force }, writerOf(asking, part));
}

function zeroOf(kind: KindDefinition): Fields {
  return { apiVersion: groupVersionOf(kind), kind: kind.kind, ...zeroObject(kind.schema) };
}

type KindWriter = Pick<Writer, "apiVersion" | "shape" | "subresource" | "reset">;
const writers = new WeakMap<KindDefinition, Partial<Record<Part, KindWriter>>>();

/** What all who write a part of a kind have in common. */
function kindWriter(kind: KindDefinition, part: Part): KindWriter {
  let own = writers.get(kind);
  if (own === undefined) {
    own = {};
    writers.set(kind, own);
  }
  own[part] ??= {
    apiVersion: groupVersionOf(kind),
    shape: structShape(kind.schema),
    reset: resetBy(kind, part),
    ...(part === "object" ? {} : { subresource: part }),
  };
  return own[part];
}

function writerOf({ server, call, step }: Asking, part: Part): Writer {
  let convert = converters.get(server);
  if (convert === undefined) {
    convert = (object, apiVersion) => converted(server, object, apiVersion);
    converters.set(server, convert);
  }
  const { apiVersion, shape, reset, subresource } = kindWriter(call.kind, part);
  const writer = {
    manager: managerOf(call),
    apiVersion,
    shape,
    reset,
    convert,
    seconds: Math.floor(step.nowMs / 1_000),
  };
  return subresource === undefined ? writer : { ...writer, subresource };
}

const converters = new WeakMap<Server, Writer["convert"]>();

/** An object in another version of its kind, which two groups may share. */
function converted({ served }: Server, object: Fields, apiVersion: string): Versioned | undefined {
  const from = served.stored.byObject(object as unknown as KubeObject);
  const slash = apiVersion.indexOf("/");
  const [group, version] = slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const to = from && served.stored.byKind({ group, version, kind: from.kind });
  if (from === undefined || to?.storagePrefix !== from.storagePrefix) return undefined;
  const shape = structShape(to.schema);
  if (from === to) return { object, shape };
  // Who owns what is told by the same paths in every version: a webhook is not asked for it.
  if (from.conversion?.webhook) return { object: { ...object, apiVersion }, shape };
  const stored = from.toStorage(object as unknown as KubeObject);
  return { object: to.fromStorage(stored) as unknown as Fields, shape };
}

const spec = setOfPaths(["f:spec"]);
const status = setOfPaths(["f:status"]);
const allButSpec = setOfPaths(["f:status"], ["f:metadata"]);
const resets: Readonly<Record<string, FieldSet>> = {
  "/pods": setOfPaths(["f:spec"], ["f:metadata", "f:deletionTimestamp"], ["f:metadata", "f:ownerReferences"]),
  "apps/deployments": setOfPaths(["f:spec"], ["f:metadata", "f:labels"]),
  "flowcontrol.apiserver.k8s.io/flowschemas": setOfPaths(["f:spec"], ["f:metadata"]),
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": setOfPaths(["f:spec"], ["f:metadata"]),
};

/** What a write leaves as it was, as the strategies of Kubernetes' registries say in `GetResetFields`. */
function resetBy(kind: KindDefinition, part: Part): FieldSet {
  if (part === "status") return resets[`${kind.group}/${kind.plural}`] ?? spec;
  if (part === "ephemeralcontainers" || part === "resize") return allButSpec;
  return part === "finalize" || kind.hasStatus ? status : noFields;
}
