import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createMailbox } from "./mailbox.ts";

property(
  "createMailbox() gives back what it took, in order, and never takes more than its bound",
  [fc.integer({ min: 1, max: 40 }), fc.array(fc.boolean(), { maxLength: 300 })],
  (max, isPushes) => {
    const mailbox = createMailbox<number>(max);
    const model: number[] = [];
    let next = 0;
    for (const isPush of isPushes) {
      if (isPush) {
        const isTaken = mailbox.push(++next);
        assert.equal(isTaken, model.length < max);
        if (isTaken) model.push(next);
      } else {
        assert.equal(mailbox.shift(), model.shift());
      }
      assert.equal(mailbox.size(), model.length);
    }
  },
);

test("createMailbox() takes what is forced though it is full", () => {
  const mailbox = createMailbox<string>(1);
  assert.equal(mailbox.push("a"), true);
  assert.equal(mailbox.push("b"), false);
  mailbox.force("c");
  assert.deepEqual([mailbox.shift(), mailbox.shift(), mailbox.shift()], ["a", "c", undefined]);
});
