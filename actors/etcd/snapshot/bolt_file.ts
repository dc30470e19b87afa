/**
 * Files of etcd's database, bbolt: pages of 4 KiB, in them B+ trees whose leaves hold keys with their values, one tree
 * for each bucket and one of all buckets. Numbers are little-endian.
 *
 * @see https://github.com/etcd-io/bbolt
 */

/** A key with its value, both bytes. */
export interface BoltEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What a file is to hold: buckets by name, and the entries of each, both in the order of their bytes. */
export type BoltBuckets = readonly (readonly [name: string, entries: readonly BoltEntry[]])[];

const pageBytes = 4_096;
const headBytes = 16;
const elementBytes = 16;
const flags = { branch: 1, leaf: 2, meta: 4, freelist: 16 } as const;
/** What an element of a leaf is whose value is the head of a bucket. */
const isBucket = 1;
const magic = 0xed0cdaed;
const version = 2;
const freelistPage = 2;
const utf8 = new TextEncoder();

/** An element of a page. */
interface Element {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** What stands before the places of key and value: of a leaf its flags, of a branch nothing. */
  readonly flags?: number;
  /** Of a branch: the page below. */
  readonly page?: number;
}

/** Where a tree, or a page of one, begins. */
interface Below {
  readonly key: Uint8Array;
  readonly page: number;
}

/** A file with these buckets. */
export function boltFile(buckets: BoltBuckets): Uint8Array {
  const pages: Uint8Array[] = [];
  // Two heads and the list of free pages, of which there are none.
  let next = freelistPage + 1;

  function write(elements: readonly Element[], flag: number): number {
    const page = next;
    const bytes = pageOf(elements, flag, page);
    pages.push(bytes);
    next += bytes.length / pageBytes;
    return page;
  }

  /** Writes a tree from its leaves upwards, and says which page is its root. */
  function tree(elements: readonly Element[]): number {
    let below: Below[] = filled(elements).map((part) => ({
      key: part[0]?.key ?? new Uint8Array(),
      page: write(part, flags.leaf),
    }));
    while (below.length > 1) {
      const branches = below.map(({ key, page }) => ({ key, value: new Uint8Array(), page }));
      below = filled(branches).map((part) => ({
        key: part[0]?.key ?? new Uint8Array(),
        page: write(part, flags.branch),
      }));
    }
    return below[0]?.page ?? 0;
  }

  const heads = buckets.map(([name, entries]) => ({
    ...{ key: utf8.encode(name), value: bucketHead(tree(entries)), flags: isBucket },
  }));
  const root = tree(heads);
  const free = pageOf([], flags.freelist, freelistPage);
  // The head with the higher number of a transaction counts.
  return joined([
    metaOf({ root, end: next, transaction: 0 }),
    metaOf({ root, end: next, transaction: 1 }),
    free,
    ...pages,
  ]);
}

/** Elements as they fit into pages; one that is larger than a page has its own, which is longer. No elements are a page. */
function filled<T extends Element>(elements: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [[]];
  let size = headBytes;
  for (const element of elements) {
    const own = elementBytes + element.key.length + element.value.length;
    if (size + own > pageBytes && size > headBytes) {
      parts.push([]);
      size = headBytes;
    }
    parts.at(-1)?.push(element);
    size += own;
  }
  return parts;
}

function pageOf(elements: readonly Element[], flag: number, id: number): Uint8Array {
  const dataBytes = elements.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const length = Math.ceil((headBytes + elements.length * elementBytes + dataBytes) / pageBytes) * pageBytes;
  const { bytes, view } = blank(length, { id, flag, count: elements.length });
  let data = headBytes + elements.length * elementBytes;
  for (const [index, element] of elements.entries()) {
    const at = headBytes + index * elementBytes;
    const { key, value, page } = element;
    if (page === undefined) {
      view.setUint32(at, element.flags ?? 0, true);
      view.setUint32(at + 4, data - at, true);
      view.setUint32(at + 8, key.length, true);
      view.setUint32(at + 12, value.length, true);
    } else {
      view.setUint32(at, data - at, true);
      view.setUint32(at + 4, key.length, true);
      view.setBigUint64(at + 8, BigInt(page), true);
    }
    bytes.set(key, data);
    bytes.set(value, data + key.length);
    data += key.length + value.length;
  }
  return bytes;
}

interface Meta {
  /** The page of the tree of all buckets. */
  readonly root: number;
  /** The first page that is not there. */
  readonly end: number;
  readonly transaction: 0 | 1;
}

function metaOf({ root, end, transaction }: Meta): Uint8Array {
  const { bytes, view } = blank(pageBytes, { id: transaction, flag: flags.meta, count: 0 });
  const at = headBytes;
  for (const [index, word] of [magic, version, pageBytes, 0].entries()) view.setUint32(at + index * 4, word, true);
  const longs = [root, 0, freelistPage, end, transaction];
  for (const [index, long] of longs.entries()) view.setBigUint64(at + 16 + index * 8, BigInt(long), true);
  const checked = 16 + longs.length * 8;
  view.setBigUint64(at + checked, fnv64(bytes.subarray(at, at + checked)), true);
  return bytes;
}

function blank(length: number, { id, flag, count }: { id: number; flag: number; count: number }) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint16(8, flag, true);
  view.setUint16(10, count, true);
  view.setUint32(12, length / pageBytes - 1, true);
  return { bytes, view };
}

function bucketHead(page: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(page), true);
  return bytes;
}

/** FNV-1a of 64 bits. */
function fnv64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
