import { assert, test } from "../../../properties/house/test.ts";
import { encodeCommand } from "../keyspace/command.ts";
import { createChangeEntry, createEntry, type Entry } from "../raft/entry.ts";
import { createWal, isControl, type Wal } from "./wal.ts";

test("isControl() tells what leaders and the group need from what clients want", () => {
  const refused = (...entries: Entry[]): Wal => {
    const hardState = { term: 2, vote: "", commitIndex: 0 };
    const write = { change: 1, after: undefined, entries, lastIndex: entries.length, hardState };
    return { ...createWal(0), refused: { ask: 1, request: {}, write } };
  };
  const begin = createEntry(1, 2, encodeCommand({ kind: "begin", quotaBytes: 1_000 }));
  const change = createChangeEntry(2, 2, { transition: "auto", changes: [], context: "" });
  const client = createEntry(3, 2, encodeCommand({ kind: "compact", origin: 0, life: "1", id: 1, revision: 1 }));
  assert.deepEqual([refused(), refused(begin), refused(begin, change), refused(begin, change, client)].map(isControl), [
    true,
    true,
    true,
    false,
  ]);
});
