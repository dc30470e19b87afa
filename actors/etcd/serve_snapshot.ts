import type { Step } from "../../runtime/mod.ts";
import { latin1Of } from "../kit/byte_text.ts";
import { sha256 } from "../kit/sha256.ts";
import type { KeyValue } from "../store/messages.ts";
import { askFor, header, tellPieces } from "./front.ts";
import type { At, Call, Serve } from "./front_data.ts";
import type { Given } from "./protocol/schema.ts";
import { etcdSnapshot, type StoreState } from "./snapshot/etcd_snapshot.ts";

/** So many keys are asked of the store at a time. */
const pageMax = 1_000;
/** A message, as etcd's are, and so many of them at a time. */
const [blobBytes, blobsEach] = [32 * 1024, 16];

/**
 * Sends the whole store as a file of etcd's database, with its checksum behind it: a real etcd can be restored from it.
 * It is of one revision, whatever is written meanwhile.
 */
export const serveSnapshot: Serve<"SnapshotRequest"> = (data, { call }, step) => {
  const asked = { call, request: { type: "store.leases" }, expect: "store.leases.ok" } as const;
  askFor({ data, step }, asked, ({ leases }, later) => {
    readFrom({ data, step: later }, call, {
      key: "\0",
      kvs: [],
      done: (state, then) => send({ data, step: then }, call, { ...state, leases }),
    });
  });
};

interface Reading {
  readonly key: string;
  /** What has come. */
  readonly kvs: KeyValue[];
  /** Absent: the newest. */
  readonly revision?: number;
  readonly done: (state: Omit<StoreState, "leases">, step: Step) => void;
}

function readFrom({ data, step }: At, call: Call, reading: Reading): void {
  const { key, kvs, done } = reading;
  const page = { type: "store.range", key, end: "\0", limit: pageMax } as const;
  const request = reading.revision === undefined ? page : { ...page, revision: reading.revision };
  askFor({ data, step }, { call, request, expect: "store.range.ok" }, (found, later) => {
    kvs.push(...found.kvs);
    const revision = reading.revision ?? found.revision;
    const last = found.kvs.at(-1);
    if (!found.more || !last) return done({ revision, kvs }, later);
    readFrom({ data, step: later }, call, { ...reading, key: `${last.key}\0`, revision });
  });
}

function send({ data, step }: At, call: Call, state: StoreState) {
  const file = etcdSnapshot(state);
  tellPieces(data, call, { step, pieces: piecesOf(file, header(data, state.revision)) });
}

function* piecesOf(
  file: Uint8Array,
  head: Given<"ResponseHeader">,
): Generator<readonly Given<"SnapshotResponse">[], undefined> {
  for (let at = 0; at < file.length; at += blobBytes * blobsEach) {
    const group = file.subarray(at, at + blobBytes * blobsEach);
    yield Array.from({ length: Math.ceil(group.length / blobBytes) }, (_each, index) => {
      const blob = group.subarray(index * blobBytes, (index + 1) * blobBytes);
      const left = file.length - at - index * blobBytes - blob.length;
      return { header: head, remaining_bytes: left, blob: latin1Of(blob) };
    });
  }
  yield [{ header: head, remaining_bytes: 0, blob: latin1Of(sha256(file)) }];
  return undefined;
}
