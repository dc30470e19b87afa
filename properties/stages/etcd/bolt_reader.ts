const pageBytes = 4_096;
const isBranch = 1;

interface Found {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Reads a file of etcd's database as its own library does: from the newer head down the trees. Keys and values are
 * bytes as texts, a character each.
 *
 * @throws Error when it is none, or keys are not in order
 */
export function readBolt(file: Uint8Array): Map<string, Map<string, string>> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  const word = (at: number) => view.getUint32(at, true);
  if (word(16) !== 0xed0cdaed || word(20) !== 2 || word(24) !== pageBytes) throw new Error("Cannot read it: no head");
  if (long(16 + 40) * pageBytes !== file.length) throw new Error("Cannot read it: its head tells of another length");

  function* walk(page: number): Generator<Found> {
    const at = page * pageBytes;
    if (long(at) !== page) throw new Error(`Cannot read page ${page}: it says that it is ${long(at)}`);
    const [flags, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    for (let index = 0; index < count; index++) {
      const element = at + 16 + index * 16;
      const head = flags === isBranch ? [element, element + 4] : [element + 4, element + 8];
      const start = element + word(head[0] ?? 0);
      const end = start + word(head[1] ?? 0);
      const key = file.subarray(start, end);
      if (flags === isBranch) yield* startingWith(key, walk(long(element + 8)));
      else yield { key, value: file.subarray(end, end + word(element + 12)) };
    }
  }

  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  function entries(page: number): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    let last = "";
    for (const { key, value } of walk(page)) {
      if (found.size > 0 && text(key) <= last) throw new Error(`Cannot read page ${page}: its keys are not in order`);
      last = text(key);
      found.set(last, value);
    }
    return found;
  }

  const buckets = new Map<string, Map<string, string>>();
  for (const [name, head] of entries(long(16 + 16))) {
    const root = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
    buckets.set(name, new Map([...entries(root)].map(([key, value]) => [key, text(value)])));
  }
  return buckets;
}

/** A branch names the first key of what is below it. */
function* startingWith(key: Uint8Array, below: Generator<Found>): Generator<Found> {
  let isFirst = true;
  for (const each of below) {
    if (isFirst && Buffer.compare(each.key, key) !== 0) throw new Error("Cannot read a branch: it names another key");
    isFirst = false;
    yield each;
  }
}
