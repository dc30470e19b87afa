import { createActor } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import { startCell } from "../../runtime/core/cell.ts";
import type { Effect } from "../../runtime/core/effect.ts";
import { within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { StoreData } from "./data.ts";
import { store } from "./definition.ts";
import { machine } from "./machine.ts";
import { newStoreDisk } from "./member.ts";

const input = { members: ["s"] };

const files = newStoreDisk("s");

/** What a new member's disk and a clock that never waits answer. */
function answers(effects: readonly Effect[]): { readonly type: string }[] {
  return effects.flatMap((effect): { readonly type: string }[] => {
    if (effect.kind === "timer" && effect.name === "tick") return [{ type: "timer.tick" }];
    if (effect.kind !== "device") return [];
    const { op, path } = effect.request as { readonly op: string; readonly path: string };
    const body = op === "read" ? { ok: true, data: files[path] } : { ok: true };
    return [{ type: "reply", ask: effect.id, from: "device:disk", body } as { type: string }];
  });
}

const put = (ask: number) => ({
  ...{ type: "store.txn", from: "client", ask },
  body: { type: "store.txn", compare: [], success: [{ op: "put", key: "k", value: "v" }], failure: [] },
});

test("the store's chart runs under XState's own createActor", () => {
  const control = createStep({ self: "s", parent: "", incarnation: 0, randomKey: 1 });
  const { step } = control;
  let nowMs = 0;
  control.next(nowMs, nowMs);
  const actor = within(step, () => createActor(machine, { input }));
  within(step, () => actor.start());
  const phases: string[] = [];
  for (let turn = 0; turn < 12; turn++) {
    for (const event of answers(control.takeEffects())) {
      nowMs += 5;
      control.next(nowMs, nowMs);
      within(step, () => actor.send(event as never));
      phases.push(JSON.stringify(actor.getSnapshot().value));
    }
    if (phases.at(-1)?.includes("serving")) break;
  }
  assert.ok(phases.includes('{"running":{"leader":"serving"}}'), phases.join(" "));
  assert.ok(phases.includes('{"running":"candidate"}'), phases.join(" "));
  within(step, () => actor.send({ type: "stop" }));
  assert.equal(actor.getSnapshot().status, "done");
});

test("what is frequent does not go through the chart", () => {
  const options = { parent: "", incarnation: 0, seed: 1, nowMs: 0, uptimeMs: 0 };
  const cell = startCell({ definition: store, address: "s", input, ...options });
  let uptimeMs = 0;
  const deliver = (event: { readonly type: string }) => {
    uptimeMs += 5;
    return cell.deliver(event, uptimeMs, uptimeMs);
  };
  let pending = answers(cell.firstEffects);
  for (let turn = 0; turn < 12; turn++) pending = pending.flatMap((event) => answers(deliver(event)));
  assert.equal(cell.machine.phase(), "running.leader.serving");
  const before = cell.machine.charted();
  for (let ask = 1; ask <= 50; ask++) for (const event of answers(deliver(put(ask)))) deliver(event);
  assert.equal((cell.machine.data() as StoreData).keyspace.revision, 51);
  assert.equal(cell.machine.charted(), before);
});
