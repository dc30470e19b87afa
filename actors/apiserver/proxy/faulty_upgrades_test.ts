import { assert, fc, property } from "../../../properties/house/test.ts";
import { beginLinkFault, linkFault } from "../../../properties/stages/streams/link_faults.ts";
import { addresses, streamStage } from "../../../properties/stages/streams/stage.ts";

/** As long as it may take until what is lost is found: silence, and a question of the kubelet's that got no answer. */
const boundMs = 100_000;
const head = "\r\n\r\n";
const agreed = `HTTP/1.1 101 Sure\r\nConnection: Upgrade\r\nUpgrade: echo${head}`;

/** An upgrade to a pod that gives back what it gets. */
function conversation(seed: number) {
  const told = new Map<number, number>();
  const stage = streamStage(seed, {
    answer(received, { socket }) {
      const from = received.indexOf(head) + head.length;
      if (from < head.length) return undefined;
      const before = told.get(socket);
      told.set(socket, received.length);
      return before === undefined ? agreed + received.slice(from) : received.slice(before);
    },
  });
  const client = stage.lab.connect("/api/v1/namespaces/default/pods/web:80/proxy/", [], { upgrade: "echo" });
  const { advance } = stage.lab.simulation;
  advance(100);
  assert.equal(client.code(), 101);
  let said = "";
  return {
    stage,
    client,
    advance,
    say(size: number) {
      if (client.state() !== "open") return;
      const text = Array.from({ length: size }, (_none, at) => String.fromCharCode((said.length + at) % 256)).join("");
      said += text;
      client.send(text);
    },
    /** Whether it is over; all that was heard is what was said, in order, and all of it where it is not. */
    outcome() {
      const received = stage.received()[0] ?? "";
      const there = received.slice(received.indexOf(head) + head.length);
      const heard = client.frames().join("");
      assert.ok(said.startsWith(there), "the pod got other bytes than were said");
      assert.ok(there.startsWith(heard), "the client got other bytes than the pod said");
      if (client.state() === "open") assert.equal(heard.length, said.length);
      else assert.equal(client.state(), "ended");
      return client.state();
    },
    left: () => [
      ...stage.open(),
      (stage.lab.simulation.dataOf(addresses.apiserver) as { outflows: { open: Map<number, unknown> } }).outflows.open
        .size,
    ],
  };
}

const act = fc.record({ size: fc.nat(100_000), waitMs: fc.nat(8_000) });

property(
  "over links that lose, repeat and reorder, an upgrade brings the very bytes in order, or ends for all",
  [
    fc.nat(),
    fc.array(linkFault, { minLength: 1, maxLength: 3 }),
    fc.array(act, { minLength: 1, maxLength: 8 }),
    fc.boolean(),
  ],
  (seed, faults, acts, leavesEarly) => {
    const { stage, client, advance, say, outcome, left } = conversation(seed);
    const ends = faults.map((each) => beginLinkFault(stage, each));
    for (const { size, waitMs } of acts) {
      say(size);
      advance(waitMs);
    }
    if (leavesEarly) client.abort();
    for (const end of ends) end();
    advance(boundMs);
    if (!leavesEarly) {
      const open = outcome() === "open" ? 1 : 0;
      assert.deepEqual(left(), [open, open, open, open]);
      client.abort();
      advance(boundMs);
    }
    assert.deepEqual(left(), [0, 0, 0, 0]);
  },
  { runs: 10 },
);
