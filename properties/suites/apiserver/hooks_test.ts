import { assert, test } from "../../house/test.ts";
import { folders, hookKey, markKey } from "./folders.ts";
import { type Hooks, judgeHooks } from "./hooks.ts";
import type { HooksOfRun } from "./run.ts";
import type { TimedChange, Timeline } from "./timeline.ts";
import type { Thing } from "./truth.ts";

const thing = (mark: string, noted?: string): Thing => ({
  metadata: { name: "item-0", annotations: { [markKey]: mark, ...(noted === undefined ? {} : { [hookKey]: noted }) } },
});
const text = (mark: string, noted: string) =>
  `{"metadata":{"annotations":{"${markKey}":"${mark}"},"name":"item-0"}} ${noted}`;

const by = { client: 1, begun: 2, callMs: 90, returnMs: 110, command: {}, request: { verb: "update" } };
const change = (more: object): TimedChange =>
  ({
    folder: folders.hooked,
    name: "item-0",
    revision: 9,
    atMs: 100,
    by,
    after: thing("1-2", "1-2"),
    ...more,
  }) as never;

const said = { operation: "CREATE", object: text("1-2", "1-2"), old: "nothing ", isLast: true, atMs: 95 };

function judged(changes: readonly TimedChange[], allowed: readonly object[], hooks: Partial<HooksOfRun> = {}) {
  const run: HooksOfRun = { failurePolicy: "Fail", spells: [], ...hooks };
  return judgeHooks({ changes } as unknown as Timeline, { allowed } as unknown as Hooks, run);
}

test("judgeHooks() blames what is stored and was shown to nobody, or as another, or after it was stored", () => {
  assert.equal(judged([change({})], [said]), undefined);
  assert.match(judged([change({})], []) ?? "", /no webhook that judges has said yes to that/);
  assert.match(judged([change({})], [{ ...said, atMs: 101 }]) ?? "", /no webhook that judges/);
  assert.match(judged([change({ before: thing("1-1", "1-1") })], [said]) ?? "", /no webhook that judges/);
  assert.match(judged([change({ after: thing("1-2") })], [said]) ?? "", /the webhook that changes it has not seen it/);
  const deletion = change({ by: undefined, before: thing("1-2", "1-2"), after: undefined });
  assert.equal(judged([deletion], [{ ...said, operation: "DELETE", old: text("1-2", "1-2") }]), undefined);
  assert.match(judged([deletion], [said]) ?? "", /no webhook that judges/);
});

test("judgeHooks() lets what nobody could be asked about pass only where that is wanted, and then", () => {
  const spells = [{ atMs: 80, forMs: 50, how: "away" as const }];
  assert.equal(judged([change({})], [], { failurePolicy: "Ignore", spells }), undefined);
  assert.match(judged([change({})], [], { spells }) ?? "", /no webhook that judges/);
  assert.match(judged([change({ atMs: 500 })], [], { failurePolicy: "Ignore", spells: [] }) ?? "", /no webhook/);
});
