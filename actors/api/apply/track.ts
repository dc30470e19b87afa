/**
 * What becomes of the owners of an object's fields when somebody changes it by anything but an apply.
 *
 * Source: `merge.Updater` of sigs.k8s.io/structured-merge-diff, and what `pkg/util/managedfields/internal` of
 * k8s.io/apimachinery puts around it.
 */
import { createMemo } from "../../kit/memo.ts";
import type { Comparison } from "./compare.ts";
import { difference, type FieldSet, includes, isEmpty, noFields, setOfPaths, union } from "./field_set.ts";
import { idOf, type Managed, type Managers, type Owner, type Signature, secondsIn, withFields } from "./managers.ts";
import { reconciled } from "./reconcile.ts";
import type { Shape } from "./shape.ts";
import { type Change, type Changes, changesIn, changesOf, type Writer } from "./writer.ts";

const serverMetadata = [
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "clusterName",
  "generation",
  "managedFields",
  "resourceVersion",
];

/** What no client owns. */
export const nobodys: FieldSet = setOfPaths(
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...serverMetadata.map((name) => ["f:metadata", `f:${name}`]),
);

/** Where more than this have updated an object, the oldest of them become one. */
const updatersMax = 10;
const oldUpdaters = "ancient-changes";

/** The managers of an object after an update: what it changed or added is its writer's now. */
export function trackUpdate(managers: Managers, change: Change, writer: Writer): Managers {
  const changes = changesOf(change, writer);
  const { removed = noFields, modified = noFields, added = noFields } = changes.own;
  const self = signatureOf(writer, "Update");
  const id = idOf(self);
  const result = leftTo(upToDate(managers, change, writer), { changes, except: id });
  const before = result.get(id);
  if (before && !isEmpty(removed)) {
    const left = difference(before.owner.fields, removed);
    if (isEmpty(left)) result.delete(id);
    else if (left !== before.owner.fields) result.set(id, withFields(before, left));
  }
  const taken = difference(union(modified, added), nobodys);
  if (isEmpty(taken)) return result;
  const { seconds } = writer;
  const kept = result.get(id)?.owner;
  if (kept === undefined) result.set(id, { owner: { ...self, fields: taken }, seconds });
  else if (includes(kept.fields, taken)) result.set(id, { owner: kept, seconds });
  else result.set(id, { owner: { ...kept, fields: union(kept.fields, taken) }, seconds });
  return capped(result);
}

const signatures = createMemo<Signature>(1_024);

/** What tells a writer who writes like this from all others. */
export function signatureOf(
  { manager, apiVersion, subresource = "" }: Writer,
  operation: Owner["operation"],
): Signature {
  // Neither versions nor parts have spaces in them, and of what is remembered nobody sees a difference.
  return signatures.get(`${operation} ${apiVersion} ${subresource} ${manager}`, () => ({
    manager: manager === "" ? "unknown" : manager,
    operation,
    apiVersion,
    ...(subresource === "" ? {} : { subresource }),
  }));
}

/** The managers without what was changed under them, and without those of versions that are gone. */
export function leftTo(
  managers: Managers,
  { changes, except }: { readonly changes: Changes; readonly except: string },
): Map<string, Managed> {
  const result = new Map<string, Managed>();
  for (const [id, managed] of managers) {
    if (id === except) {
      result.set(id, managed);
      continue;
    }
    const own = changesIn(changes, managed.owner.apiVersion);
    if (own === "missing") continue;
    const { fields } = managed.owner;
    const left = withoutChanged(fields, own);
    if (left === fields) result.set(id, managed);
    else if (!isEmpty(left)) result.set(id, withFields(managed, left));
  }
  return result;
}

function withoutChanged(fields: FieldSet, { removed, modified, added }: Comparison): FieldSet {
  let left = fields;
  for (const set of [modified, added, removed]) if (set !== undefined) left = difference(left, set);
  return left;
}

/** With which shape a set was last brought up to date. */
const seen = new WeakMap<FieldSet, Shape>();

/** The managers as today's schemas see them. */
export function upToDate(managers: Managers, { live }: Pick<Change, "live">, writer: Writer): Managers {
  let result: Map<string, Managed> | undefined;
  for (const [id, managed] of managers) {
    const { fields, apiVersion } = managed.owner;
    const shape = apiVersion === writer.apiVersion ? writer.shape : writer.convert(live, apiVersion)?.shape;
    if (shape === undefined || seen.get(fields) === shape) continue;
    const now = reconciled(fields, shape);
    seen.set(now, shape);
    if (now === fields) continue;
    result ??= new Map(managers);
    result.set(id, withFields(managed, now));
  }
  return result ?? managers;
}

function capped(managers: Map<string, Managed>): Managers {
  if (managers.size <= updatersMax) return managers;
  const updaters = [...managers].filter(([, { owner }]) => owner.operation === "Update");
  let left = updaters.length;
  if (left <= updatersMax) return managers;
  updaters.sort(([idA, a], [idB, b]) => secondsIn(a) - secondsIn(b) || (idA < idB ? -1 : 1));
  const firstOf = new Map<string, string>();
  for (const [id, managed] of updaters) {
    if (left <= updatersMax) break;
    const { apiVersion, fields } = managed.owner;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, id);
      continue;
    }
    const bucket: Owner = { manager: oldUpdaters, operation: "Update", apiVersion, fields };
    const bucketId = idOf(bucket);
    const before = managers.get(bucketId) ?? managers.get(first);
    if (!managers.has(bucketId)) managers.delete(first);
    managers.delete(id);
    managers.set(bucketId, {
      ...managed,
      owner: { ...bucket, fields: union(fields, before?.owner.fields ?? noFields) },
    });
    left--;
  }
  return managers;
}
