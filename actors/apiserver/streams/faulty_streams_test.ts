import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { beginLinkFault, linkFault } from "../../../properties/stages/streams/link_faults.ts";
import { type StreamStage, streamStage } from "../../../properties/stages/streams/stage.ts";

/** As long as it may take until what is lost is found: silence, and a question of the kubelet's that got no answer. */
const boundMs = 100_000;

/** One followed log and one forwarded port, what was written to them, and what became of them. */
function conversation(seed: number) {
  const stage = streamStage(seed);
  const { advance } = stage.lab.simulation;
  const log = stage.logs("follow=1");
  const port = stage.forward();
  let [logged, said] = ["", ""];
  const letters = (size: number, from: number) =>
    Array.from({ length: size }, (_none, index) => String.fromCharCode(97 + ((from + index) % 26))).join("");
  return {
    stage,
    advance,
    writeLines(count: number) {
      const first = logged.length;
      const texts = Array.from({ length: count }, (_none, index) => `${first + index} ${letters(40, index)}`);
      logged += texts.map((text) => `${text}\n`).join("");
      stage.write(...texts);
    },
    say(size: number) {
      if (port.state() !== "waiting" || port.closeCode() !== 0) return;
      const text = letters(size, said.length);
      said += text;
      port.send(`\0${text}`);
    },
    leave() {
      log.abort();
      port.abort();
      advance(boundMs);
    },
    outcome() {
      const frames = port.frames();
      const back = frames.filter((frame) => frame.startsWith("\0")).map((frame) => frame.slice(1));
      // The first word on a channel is the port.
      const heard = back.slice(1).join("");
      const there = stage.received()[0] ?? "";
      assert.ok(said.startsWith(there), "the pod got other bytes than were said");
      assert.ok(there.startsWith(heard), "the client got other bytes than the pod said");
      const isLogBroken = log.state() === "reset" || log.code() >= 500;
      const isPortBroken = port.closeCode() !== 0;
      if (!isLogBroken) assert.deepEqual([log.state(), log.code(), log.body() === logged], ["open", 200, true]);
      else if (log.code() === 200) assert.ok(logged.startsWith(log.body()), "the log has other lines");
      if (!isPortBroken) assert.equal(heard.length, said.length);
      else assert.ok(frames.at(-1)?.startsWith("\x01error forwarding port 80 to pod web"), frames.at(-1));
      return { isLogBroken, isPortBroken };
    },
  };
}

function assertOpen({ open }: StreamStage, { isLogBroken, isPortBroken }: Record<string, boolean>) {
  const [logs, ports] = [isLogBroken ? 0 : 1, isPortBroken ? 0 : 1];
  assert.deepEqual(open(), [logs + ports, logs + ports, ports]);
}

const act = fc.record({
  lines: fc.nat(300),
  size: fc.nat(100_000),
  waitMs: fc.nat(8_000),
});

property(
  "over links that lose, repeat and reorder, streams bring the very bytes in order, or all know in time that they broke",
  [fc.nat(), fc.array(linkFault, { minLength: 1, maxLength: 3 }), fc.array(act, { minLength: 1, maxLength: 8 })],
  (seed, faults, acts) => {
    const { stage, advance, writeLines, say, leave, outcome } = conversation(seed);
    const ends = faults.map((each) => beginLinkFault(stage, each));
    for (const { lines, size, waitMs } of acts) {
      writeLines(lines);
      say(size);
      advance(waitMs);
    }
    for (const end of ends) end();
    advance(boundMs);
    assertOpen(stage, outcome());
    leave();
    assert.deepEqual(stage.open(), [0, 0, 0]);
  },
  { runs: 25 },
);

property(
  "streams bear what only repeats, or is a little out of order",
  [
    fc.nat(),
    fc.constantFrom("duplication" as const, "reordering" as const),
    fc.array(act, { minLength: 1, maxLength: 6 }),
  ],
  (seed, kind, acts) => {
    const { stage, advance, writeLines, say, outcome } = conversation(seed);
    for (const between of ["apiserver", "computer"] as const) {
      if (kind === "reordering") stage.fault(kind, { link: between, delayMsMax: 100 });
      else stage.fault(kind, { link: between, probability: 0.5 });
    }
    for (const { lines, size, waitMs } of acts) {
      writeLines(lines);
      say(size);
      advance(waitMs);
    }
    advance(boundMs);
    assert.deepEqual(outcome(), { isLogBroken: false, isPortBroken: false });
  },
  { runs: 10 },
);

for (const link of ["apiserver", "computer"] as const) {
  test(`a close that is lost on the link to the ${link} is found by whoever was not told`, () => {
    const { stage, leave } = conversation(1);
    stage.fault("partition", { link });
    assert.deepEqual(stage.open(), [2, 2, 1]);
    leave();
    assert.deepEqual(stage.open(), [0, 0, 0]);
  });

  test(`a link to the ${link} that stays silent breaks what goes over it within a minute, for all`, () => {
    const { stage, advance, outcome } = conversation(2);
    stage.fault("partition", { link });
    advance(60_000);
    const { isLogBroken, isPortBroken } = outcome();
    assert.deepEqual([isLogBroken, isPortBroken], [link === "apiserver", true]);
    assert.deepEqual(stage.open(), link === "apiserver" ? [0, 0, 0] : [1, 1, 0]);
  });
}

test("a link that is silent for half a minute breaks nothing that says nothing", () => {
  const { stage, advance, say, writeLines, outcome } = conversation(3);
  const heals = (["apiserver", "computer"] as const).map((link) => stage.fault("partition", { link }));
  advance(30_000);
  for (const heal of heals) heal();
  advance(10_000);
  say(50_000);
  writeLines(100);
  // A look at the log may be under way that will not be answered.
  advance(20_000);
  assert.deepEqual(outcome(), { isLogBroken: false, isPortBroken: false });
});

test("that a container wrote is found though nobody was told", () => {
  const { stage, advance, writeLines, outcome } = conversation(4);
  const heal = stage.fault("loss", { link: "computer", probability: 1 });
  writeLines(3);
  advance(1_000);
  heal();
  advance(6_000);
  assert.deepEqual(outcome(), { isLogBroken: false, isPortBroken: false });
});
