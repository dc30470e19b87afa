/**
 * Server-side apply: what becomes of an object, and of the owners of its fields.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { failed, ok, type Result } from "../../kit/result.ts";
import { type Fields, jsonEqual } from "../types.ts";
import { fieldsOf } from "./compare.ts";
import { difference, type FieldSet, intersection, isEmpty, noFields, recursiveDifference, union } from "./field_set.ts";
import { idOf, type Managed, type Managers, type Owner } from "./managers.ts";
import { mergeOver } from "./merge.ts";
import { pruned } from "./prune.ts";
import { leftTo, nobodys, signatureOf, trackUpdate, upToDate } from "./track.ts";
import { type Change, changesIn, changesOf, type Writer } from "./writer.ts";

/** Who owns what was there before anybody was remembered. */
const beforeFirstApply = "before-first-apply";

/** What is applied to what. */
export interface Applying {
  readonly live: Fields;
  /** What an object of the kind is before anything is said of it. */
  readonly zero: Fields;
  /** The object as its applier wants it. */
  readonly config: Fields;
  readonly managers: Managers;
  /** Whether the applier takes what others have. */
  readonly force: boolean;
}

/** What came of an apply. */
export interface Applied {
  readonly object: Fields;
  readonly managers: Managers;
}

/** Somebody whose fields an apply would change. */
export interface Conflict {
  readonly owner: Owner;
  readonly fields: FieldSet;
}

/** Applies an object, or tells whose fields are in the way. */
export function applyObject(applying: Applying, writer: Writer): Result<Applied, readonly Conflict[]> {
  const { live, config, force } = applying;
  const before = upToDate(known(applying, writer), applying, writer);
  const self: Owner = {
    ...signatureOf(writer, "Apply"),
    fields: recursiveDifference(fieldsOf(config, writer.shape), writer.reset),
  };
  const id = idOf(self);
  const last = before.get(id);
  const managers = new Map<string, Managed>(before).set(id, { ...last, owner: self });
  const merged = mergeOver(live, config, writer.shape) as Fields;
  const now = pruned(merged, { managers, last: last?.owner, writer });
  const change: Change = { live, now };
  const changes = changesOf(change, writer);
  const conflicts = force ? [] : conflictsWith(managers, { changes, except: id });
  if (conflicts.length > 0) return failed(conflicts);
  const left = leftTo(managers, { changes, except: id });
  const isChanged = !jsonEqual(live, now);
  const fields = difference(self.fields, nobodys);
  if (isEmpty(fields)) left.delete(id);
  else {
    const seconds = isChanged ? writer.seconds : last?.seconds;
    left.set(id, { owner: { ...self, fields }, ...(seconds === undefined ? {} : { seconds }) });
  }
  return ok({ object: now, managers: left });
}

/** The managers; where there are none, all that is there belongs to nobody in particular. */
function known({ live, zero, managers }: Applying, writer: Writer): Managers {
  if (managers.size > 0) return managers;
  return trackUpdate(managers, { live: zero, now: live }, { ...writer, manager: beforeFirstApply });
}

function conflictsWith(managers: Managers, { changes, except }: Parameters<typeof leftTo>[1]): Conflict[] {
  return [...managers].flatMap(([id, { owner }]) => {
    const own = id === except ? "missing" : changesIn(changes, owner.apiVersion);
    if (own === "missing") return [];
    const fields = intersection(owner.fields, union(own.modified ?? noFields, own.added ?? noFields));
    return isEmpty(fields) ? [] : [{ owner, fields }];
  });
}
