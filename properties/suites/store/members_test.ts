import { createKeyspace } from "../../../actors/store/keyspace/keyspace.ts";
import { changeLease, moveOn } from "../../../actors/store/keyspace/lease_commands.ts";
import { applyTxn } from "../../../actors/store/keyspace/txn.ts";
import type { MemberRequest, StoreAnswer } from "../../../actors/store/messages.ts";
import { assert, test } from "../../house/test.ts";
import { judgeMembers, type MembersOperation } from "./members.ts";
import { judgeLeases } from "./rules.ts";

const founders = ["store/0", "store/1", "store/2"];
const voters = (...ids: readonly string[]) => ids.map((id) => ({ id, isLearner: false }));
const learning = { id: "store/3", isLearner: true };
const ok = (members: readonly { readonly id: string; readonly isLearner: boolean }[]): StoreAnswer => {
  return { type: "store.member.ok", revision: 1, members };
};
const refused: StoreAnswer = { type: "store.error", code: "refused", message: "etcdserver: not now" };

function asked(action: MemberRequest["action"], id: string, output: StoreAnswer | undefined): MembersOperation {
  return { input: { type: "store.member", action, id }, output, callMs: 0, returnMs: 0 };
}

/** What the rule says of changes that came one after the other. */
function judged(
  members: readonly { readonly id: string; readonly isLearner: boolean }[],
  ...changes: readonly MembersOperation[]
) {
  const timed = changes.map((each, index) => ({ ...each, callMs: 10 * index, returnMs: 10 * index + 5 }));
  return judgeMembers({ founders, asked: timed, isDoubled: false, members, endMs: 1_000 });
}

test("judgeMembers() is content with what each change was told, and blames what no order explains", () => {
  const joined = [...voters(...founders), learning];
  const all = voters(...founders, "store/3");
  const add = asked("add", "store/3", ok(joined));
  assert.equal(judged(joined, add), undefined);
  assert.equal(judged(all, add, asked("promote", "store/3", refused), asked("promote", "store/3", ok(all))), undefined);
  assert.equal(judged(voters(...founders), asked("add", "store/3", undefined)), undefined);
  assert.equal(judged(joined, asked("add", "store/3", undefined), asked("promote", "store/9", refused)), undefined);
  // It was refused, and it is there; it was let in, and it is not; it was let in as a voter.
  assert.match(judged(joined, asked("add", "store/3", refused)) ?? "", /no order of changes/);
  assert.match(judged(voters(...founders), add) ?? "", /no order of changes/);
  assert.match(judged(all, asked("add", "store/3", ok(all))) ?? "", /no order of changes/);
  assert.match(judged(voters("store/0", "store/1")) ?? "", /who is there at the end/);
});

test("judgeLeases() blames a key whose lease is gone, and a lease that does not know its key", () => {
  const keyspace = createKeyspace();
  const put = (key: string) => ({ op: "put" as const, key, value: "1", lease: "5" });
  changeLease(keyspace, { kind: "lease", action: "grant", lease: "5", ttlSeconds: 1 } as never);
  applyTxn(keyspace, { compare: [], success: [put("a"), put("b")], failure: [] });
  assert.equal(judgeLeases(keyspace), undefined);
  keyspace.leases.byId.get("5")?.keys.delete("b");
  assert.match(judgeLeases(keyspace) ?? "", /lease 5 is to end with a, and a,b is tied to it/);
  for (const clockMs of [1_000, 2_000, 3_000]) moveOn(keyspace, clockMs);
  assert.match(judgeLeases(keyspace) ?? "", /b would have ended with lease 5, which is gone/);
});
