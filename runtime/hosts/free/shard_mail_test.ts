import { assert, test } from "../../../properties/house/test.ts";
import type { FaultEngine } from "../../faults/engine.ts";
import type { ShardClock } from "./shard_clock.ts";
import { createShardMail } from "./shard_mail.ts";
import { op, type Piece } from "./wire.ts";

test("what is sent when a fault is over does not overtake what the fault held, also where the thread is late to let that go", () => {
  let [nowMs, isActive] = [0, true];
  const due: (() => void)[] = [];
  const clock: ShardClock = { uptimeMs: () => nowMs, at: (_dueMs, run) => void due.push(run), close: () => {} };
  const faults = {
    active: () => isActive,
    link: () => (isActive ? { delayMs: 20 } : undefined),
  } as unknown as FaultEngine;
  const arrived: unknown[] = [];
  const mail = createShardMail({
    ...{ clock, faults, actors: new Map(), enqueue: () => {} },
    sendAway: ({ body }) => void arrived.push((body as { readonly type: string }).type),
  });
  const send = (type: string) => mail.transmit({ op: op.mail, from: "a", to: "b", ask: 0, body: { type } } as Piece);
  send("1");
  send("2");
  isActive = false;
  // The clock has passed both, and the timer has not come.
  nowMs = 50;
  send("3");
  assert.deepEqual(arrived, []);
  for (const run of due) run();
  assert.deepEqual(arrived, ["1", "2", "3"]);
  send("4");
  assert.deepEqual(arrived, ["1", "2", "3", "4"]);
});
