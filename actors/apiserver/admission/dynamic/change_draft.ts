import { applyJsonPatch } from "../../../api/json_patch.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { decodeFields } from "../../../api/schema/decode.ts";
import { type Fields, type Frozen, jsonEqual, type KubeObject, thaw } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import type { Draft } from "../../requests/call.ts";
import type { Admitting } from "../_plugin.ts";
import { convert } from "./matching.ts";
import { isOwn } from "./request.ts";

/** What somebody wants to make of a draft. */
export interface DraftChange {
  /** A JSON patch, as it was read; undefined for none. */
  readonly patch: unknown;
  /** The version of the kind that it is written for. */
  readonly kind: KindDefinition;
  /** Who wants it, for messages. */
  readonly by: string;
}

/** Changes a draft by a JSON patch; says whether anything is different now, or why it cannot be so. */
export function changeDraft(admitting: Admitting, { patch, kind, by }: DraftChange): Result<boolean, string> {
  const { draft, call } = admitting;
  if (patch === undefined || (Array.isArray(patch) && patch.length === 0)) return ok(false);
  // What is sent to a part is of a kind of its own, and is not checked again.
  if (!draft || !isOwn(draft as Frozen<KubeObject>, call.kind)) {
    return failed(`${by} attempted to modify the object, which is not supported for this operation`);
  }
  const shown = thaw(convert(draft as Frozen<KubeObject>, call.kind, kind));
  const patched = applyJsonPatch(shown, patch);
  if (!patched.ok) return failed(patched.failure.why);
  return replaceDraft(admitting, { made: patched.value, kind, shown });
}

/** What was made of a draft. */
export interface Replacement {
  readonly made: unknown;
  readonly kind: KindDefinition;
  /** What it was made of. */
  readonly shown: unknown;
}

/** Makes a draft what somebody has made of it, if that is an object of the same kind in the same place. */
export function replaceDraft({ draft, call }: Admitting, { made, kind, shown }: Replacement): Result<boolean, string> {
  if (!draft) return ok(false);
  const wrong = placeError(made as Partial<KubeObject> | null, { draft, kind });
  if (wrong !== undefined) return failed(wrong);
  const changed = thaw<KubeObject>(made as Frozen<KubeObject>);
  const decoded = decodeFields<KubeObject>(kind, changed);
  if (!decoded.ok) return failed(decoded.failure.why);
  kind.applyDefaults(changed);
  const isDifferent = !jsonEqual(changed, shown);
  const own = kind === call.kind ? changed : thaw(convert(changed as Frozen<KubeObject>, kind, call.kind));
  const fields = draft as unknown as Fields;
  for (const name of Object.keys(fields)) delete fields[name];
  Object.assign(draft, own);
  return ok(isDifferent);
}

/** What would make it another object. */
function placeError(
  made: Partial<KubeObject> | null,
  { draft, kind }: { readonly draft: Draft; readonly kind: KindDefinition },
): string | undefined {
  if (typeof made !== "object" || made === null || Array.isArray(made)) return "the patched object is no object";
  const type = (of: Partial<KubeObject>) => `${of.apiVersion ?? ""}.${of.kind ?? ""}`;
  const own = `${kind.group === "" ? kind.version : `${kind.group}/${kind.version}`}.${kind.kind}`;
  if (type(made) !== own) return `converting (${type(made)}) to (${own}): unknown conversion`;
  const { metadata } = made;
  if (typeof metadata !== "object" || metadata === null) return "the patched object has no metadata";
  if ((metadata.namespace ?? "") !== (draft.metadata.namespace ?? "")) {
    return "the namespace of the provided object does not match the namespace sent on the request";
  }
  return undefined;
}
