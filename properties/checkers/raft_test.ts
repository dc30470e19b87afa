import { createEntry } from "../../actors/store/raft/entry.ts";
import { createLog } from "../../actors/store/raft/log.ts";
import type { RaftView } from "../../actors/store/raft/view.ts";
import { assert, test } from "../house/test.ts";
import { raft } from "./raft.ts";

interface ViewOptions {
  readonly term?: number;
  readonly leads?: boolean;
  readonly commitIndex?: number;
  /** The terms of its entries, and, after a slash, what is in them. */
  readonly entries?: readonly string[];
}

function view(self: string, { term = 1, leads = false, commitIndex = 0, entries = [] }: ViewOptions = {}): RaftView {
  const log = createLog(0, 0);
  for (const [i, text] of entries.entries()) {
    const [entryTerm, command = ""] = text.split("/");
    log.entries.push(createEntry(i + 1, Number(entryTerm), command));
  }
  return { self, term, role: leads ? "leader" : "follower", commitIndex, log };
}

test("raft.watch() is content with a group in order, also over time", () => {
  const watch = raft.watch();
  assert.equal(watch.check([view("a", { leads: true, entries: ["1/x"] }), view("b"), view("c")]), undefined);
  const after = { entries: ["1/x"], commitIndex: 1 };
  assert.equal(watch.check([view("a", { ...after, leads: true }), view("b", after), view("c")]), undefined);
  assert.equal(watch.check([view("b", { ...after, term: 2, leads: true }), view("c", { term: 2 })]), undefined);
});

test("raft.watch() finds two leaders of one term, even one after the other", () => {
  const watch = raft.watch();
  assert.equal(watch.check([view("a", { leads: true }), view("b")]), undefined);
  assert.match(
    watch.check([view("a"), view("b", { leads: true })]) ?? "",
    /^Election safety: b and a both lead in term 1/,
  );
});

test("raft.watch() finds a leader without a committed entry", () => {
  const watch = raft.watch();
  const committed = { entries: ["1/x"], commitIndex: 1 };
  assert.equal(watch.check([view("a", { ...committed, leads: true }), view("b", committed), view("c")]), undefined);
  const found = watch.check([view("c", { term: 2, leads: true, entries: ["2/y"] })]);
  assert.match(found ?? "", /^Leader completeness: c leads in term 2 without entry 1 of term 1/);
});

test("raft.watch() finds an index at which two different entries were committed", () => {
  const watch = raft.watch();
  assert.equal(watch.check([view("a", { entries: ["1/x"], commitIndex: 1 })]), undefined);
  const found = watch.check([view("b", { term: 2, entries: ["2/y"], commitIndex: 1 })]);
  assert.match(found ?? "", /^State-machine safety: b has committed entry 1 of term 2/);
});

test("raft.watch() finds logs that agree on an entry, but not on what is before or in it", () => {
  const before = raft.watch().check([view("a", { entries: ["1/x", "3/z"] }), view("b", { entries: ["2/y", "3/z"] })]);
  assert.match(before ?? "", /^Log matching: a and b agree after entry 1, but not on it/);
  const inside = raft.watch().check([view("a", { entries: ["1/x"] }), view("b", { entries: ["1/y"] })]);
  assert.match(inside ?? "", /^Log matching: a and b have different entries 1 of term 1/);
});

test("raft.watch() judges a replica anew when its commit index went back with a crash", () => {
  const watch = raft.watch();
  assert.equal(watch.check([view("a", { entries: ["1/x", "1/y"], commitIndex: 2 })]), undefined);
  assert.equal(watch.check([view("a", { entries: ["1/x"], commitIndex: 0 })]), undefined);
  assert.match(watch.check([view("a", { entries: ["1/z"], commitIndex: 1 })]) ?? "", /^State-machine safety/);
});
