import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { assert, test } from "../../../properties/house/test.ts";
import { createLinks } from "./links.ts";
import { type Batch, op, type Piece } from "./wire.ts";

const pieceTo = (to: string): Piece => ({ op: op.mail, to, from: "asker", ask: 0, body: { type: "question" } });
const batchFrom = (from: string): Batch => [op.mail, "asker", from, 0, { type: "news" }];

/** Links of thread 1 to the threads 2 and 3, whose ends the test holds. */
function stage() {
  const channels = { 2: new MessageChannel(), 3: new MessageChannel() };
  let heard = () => {};
  const links = createLinks({
    self: 1,
    locate: () => {},
    receive: () => heard(),
    undelivered: () => {},
    unsendable: () => {},
    wake: () => {},
  });
  links.accept(2, channels[2].port1);
  links.accept(3, channels[3].port1);
  return {
    links,
    far: { 2: channels[2].port2, 3: channels[3].port2 },
    next: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      }),
  };
}

test("createLinks() does not send to a thread that is gone because its last words came late", async () => {
  const { links, far, next } = stage();
  try {
    links.located("answerer", 2);
    // It crashed there, and lives in another thread now; what it had sent is still on its way.
    links.drop(2);
    links.located("answerer", 3);
    const late = next();
    far[2].postMessage(batchFrom("answerer"));
    await late;
    links.send(pieceTo("answerer"));
    const arrival = once(far[3], "message", { signal: AbortSignal.timeout(10_000) });
    links.flush();
    const [batch] = (await arrival) as [Batch];
    assert.deepEqual(batch[1], "answerer");
  } finally {
    links.close();
    far[2].close();
  }
});
