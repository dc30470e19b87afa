import { type Fields, type Frozen, jsonEqual, type PodCondition, type PodStatus } from "../../api/types.ts";
import { resizeConditions } from "./granted.ts";
import type { OwnStatus } from "./pod_status.ts";

/** The fields whose absence means that there is nothing to say; all others are only ever written. */
const clearable = ["message", "reason"] as const;

/**
 * The strategic merge patch of `status` that makes what the API has into what the kubelet says; undefined when there
 * is nothing to change. Conditions are merged by type, so those of others stay.
 */
export function statusPatch(before: Frozen<PodStatus>, after: OwnStatus): Fields | undefined {
  const patch: Fields = {};
  let isChanged = false;
  const set = (field: string, value: unknown) => {
    patch[field] = value;
    isChanged = true;
  };
  for (const [field, value] of Object.entries(after)) {
    const old = (before as Fields)[field];
    if (field === "conditions" || jsonEqual(old, value)) continue;
    set(field, field === "podIPs" || field === "hostIPs" ? mergedByIp(old, value) : value);
  }
  for (const field of clearable) if (before[field] !== undefined && after[field] === undefined) set(field, null);
  const conditions = changedConditions(before.conditions ?? [], after.conditions ?? []);
  if (conditions.length > 0) {
    const order = [...(after.conditions ?? []), ...others(before.conditions ?? [], after.conditions ?? [])];
    set(
      "$setElementOrder/conditions",
      order.map(({ type }) => ({ type })),
    );
    set("conditions", conditions);
  }
  return isChanged ? patch : undefined;
}

function changedConditions(before: Frozen<PodCondition[]>, after: readonly PodCondition[]): Fields[] {
  const changed: Fields[] = [];
  for (const condition of after) {
    const old = before.find(({ type }) => type === condition.type);
    if (old && jsonEqual(old, condition)) continue;
    const patch: Fields = { ...condition };
    for (const field of ["reason", "message"]) {
      if ((old as Fields | undefined)?.[field] !== undefined && patch[field] === undefined) patch[field] = null;
    }
    changed.push(patch);
  }
  for (const { type } of before) {
    if (isTakenBack(type) && !after.some((each) => each.type === type)) changed.push({ $patch: "delete", type });
  }
  return changed;
}

function others(before: Frozen<PodCondition[]>, after: readonly PodCondition[]): Frozen<PodCondition[]> {
  return before.filter(({ type }) => !isTakenBack(type) && !after.some((each) => each.type === type));
}

function isTakenBack(type: string): boolean {
  return resizeConditions.some((each) => each === type);
}

/** These lists are merged by IP: one that is not the pod's any more has to be taken out by name. */
function mergedByIp(before: unknown, after: unknown): Fields[] {
  const now = after as { ip: string }[];
  const old = (before ?? []) as readonly { readonly ip?: string }[];
  const gone = old.filter(({ ip }) => !now.some((each) => each.ip === ip));
  return [...now, ...gone.map(({ ip }) => ({ $patch: "delete", ip }))];
}
