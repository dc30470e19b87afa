import type { KeyValue, LeasesAnswer } from "../../store/messages.ts";
import { keyValue } from "../kv.ts";
import { encodeMessage } from "../protocol/codec.ts";
import { type BoltBuckets, type BoltEntry, boltFile } from "./bolt_file.ts";

/** A store as of one revision. */
export interface StoreState {
  readonly revision: number;
  readonly kvs: readonly KeyValue[];
  readonly leases: LeasesAnswer["leases"];
}

const utf8 = new TextEncoder();
/** Between the two numbers of a revision, as etcd writes them. */
const underline = "_".charCodeAt(0);

/**
 * The file of etcd's database for a store: what `etcdctl snapshot restore` makes members of a real etcd of. History is
 * not in it, as if it had been compacted; members and their addresses are not, which who restores it says anew.
 */
export function etcdSnapshot({ revision, kvs, leases }: StoreState): Uint8Array {
  const buckets: BoltBuckets = [
    ["alarm", []],
    ["auth", []],
    ["authRoles", []],
    ["authUsers", []],
    ["cluster", []],
    ["key", keysOf(kvs)],
    ["lease", leases.map(leaseEntry).sort(byBytes)],
    ["members", []],
    ["members_removed", []],
    ["meta", [compacted("finishedCompactRev", revision), compacted("scheduledCompactRev", revision)]],
  ];
  return boltFile(buckets);
}

/** By the revision of their last change; keys of one transaction are told apart by a second number. */
function keysOf(kvs: readonly KeyValue[]): readonly BoltEntry[] {
  let [last, sub] = [0, 0];
  return [...kvs]
    .sort((one, other) => one.modRevision - other.modRevision)
    .map((kv) => {
      sub = kv.modRevision === last ? sub + 1 : 0;
      last = kv.modRevision;
      return { key: revisionBytes(last, sub), value: encodeMessage("KeyValue", keyValue(kv)) };
    });
}

function compacted(name: string, revision: number): BoltEntry {
  return { key: utf8.encode(name), value: revisionBytes(revision, 0) };
}

function revisionBytes(main: number, sub: number): Uint8Array {
  const bytes = new Uint8Array(17);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(main));
  bytes[8] = underline;
  view.setBigUint64(9, BigInt(sub));
  return bytes;
}

function leaseEntry({ id, grantedSeconds, ttlSeconds }: StoreState["leases"][number]): BoltEntry {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigInt64(0, BigInt(id));
  const lease = { ID: id, TTL: grantedSeconds, RemainingTTL: ttlSeconds };
  return { key, value: encodeMessage("Lease", lease) };
}

function byBytes(one: BoltEntry, other: BoltEntry): number {
  const at = one.key.findIndex((byte, index) => byte !== other.key[index]);
  return at < 0 ? 0 : (one.key[at] ?? 0) - (other.key[at] ?? 0);
}
