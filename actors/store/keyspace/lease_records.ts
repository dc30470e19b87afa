import { numberField, readFields, textField } from "../log/fields.ts";
import { encodeRecord } from "../log/record.ts";
import type { Leases } from "./leases.ts";

/**
 * Leases as records of a snapshot: `T clock`, and `L id ttl ends` for each. What keys they have the keys say, which come
 * behind them. A keyspace that never had a lease has none of them.
 */
export function leaseRecords({ clockMs, byId }: Leases): string {
  if (clockMs === 0 && byId.size === 0) return "";
  let text = encodeRecord(`T${numberField(clockMs)}`);
  for (const { id, ttlSeconds, endsMs } of byId.values()) {
    text += encodeRecord(`L${textField(id)}${numberField(ttlSeconds)}${numberField(endsMs)}`);
  }
  return text;
}

/** Takes a record's payload, if it is one of leases. */
export function restoreLeases(leases: Leases, payload: string): boolean {
  const kind = payload.charAt(0);
  if (kind !== "T" && kind !== "L") return false;
  const fields = readFields(payload.slice(1));
  if (kind === "T") {
    leases.clockMs = fields.number();
  } else {
    const id = fields.text();
    leases.byId.set(id, { id, ttlSeconds: fields.number(), endsMs: fields.number(), keys: new Set() });
  }
  return true;
}
