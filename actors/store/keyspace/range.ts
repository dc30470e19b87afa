import type { KeyValue, RangeAnswer, RangeRequest, StoreError } from "../messages.ts";
import { endOfKeys, type Keyspace, versionAt } from "./keyspace.ts";

/** What a page holds, beyond its first key: whoever gives a limit asks for the rest. */
const pageLengthMax = 4 * 1024 * 1024;

/** Reads a range at a revision. */
export function range(keyspace: Keyspace, request: Omit<RangeRequest, "type">): RangeAnswer | StoreError {
  const { key, end, revision = 0, limit = 0, countOnly = false } = request;
  if (revision > keyspace.revision) return futureRevision(revision, keyspace);
  if (revision > 0 && revision < keyspace.compactedRevision) return compactedRevision(revision, keyspace);
  const at = revision > 0 ? revision : keyspace.revision;
  const kvs: KeyValue[] = [];
  let [count, length] = [0, 0];
  const take = (versions: readonly KeyValue[]) => {
    const found = versionAt(versions, at);
    if (!found) return true;
    count++;
    if (countOnly || (limit > 0 && (kvs.length >= limit || length >= pageLengthMax))) return true;
    kvs.push(found);
    length += found.value.length;
    return true;
  };
  if (end === undefined) take(keyspace.keys.get(key) ?? []);
  else keyspace.keys.each(key, end === endOfKeys ? undefined : end, take);
  const more = !countOnly && kvs.length < count;
  return { type: "store.range.ok", revision: keyspace.revision, kvs, more, count };
}

/** The refusal of what is gone, in etcd's words. */
export function compactedRevision(revision: number, keyspace: Keyspace): StoreError {
  return {
    type: "store.error",
    code: "compacted",
    message: `Cannot read at revision ${revision}: required revision has been compacted, the oldest is ${keyspace.compactedRevision}`,
    compactRevision: keyspace.compactedRevision,
  };
}

/** The refusal of what is not there yet, in etcd's words. */
export function futureRevision(revision: number, keyspace: Keyspace): StoreError {
  return {
    type: "store.error",
    code: "future",
    message: `Cannot read at revision ${revision}: required revision is a future revision, the newest is ${keyspace.revision}`,
  };
}
