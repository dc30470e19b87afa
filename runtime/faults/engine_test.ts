import { assert, test } from "../../properties/house/test.ts";
import { createFaultEngine } from "./engine.ts";
import type { Fault, FaultAction } from "./fault.ts";
import type { FaultControl } from "./kind.ts";
import { parseFault } from "./known_faults.ts";

function engineWith(faults: readonly Fault[]) {
  const done: string[] = [];
  const note = (what: string) => (address: string) => void done.push(`${what} ${address}`);
  const control: FaultControl = {
    addresses: () => [],
    crash: note("crash"),
    holdDown: () => {},
    pause: note("pause"),
    resume: note("resume"),
  };
  const engine = createFaultEngine({ faults, seed: 1, control, uptimeMs: () => 0, callLater: () => {} });
  return { engine, done };
}

const whenLeading = (phase: string, nth: number): Fault => ({
  kind: "crash",
  parameters: { actor: "b" },
  trigger: { actor: "a", phase, nth },
});

test("createFaultEngine() begins a fault when an actor enters a phase, by a state's name or by its path", () => {
  for (const phase of ["leader", "running.leader"]) {
    const { engine, done } = engineWith([whenLeading(phase, 1)]);
    engine.observe("a", "raft.vote.ok", "running.candidate");
    engine.observe("b", "raft.vote.ok", "running.leader");
    assert.deepEqual(done, []);
    engine.observe("a", "raft.vote.ok", "running.leader.serving");
    assert.deepEqual(done, ["crash b"]);
  }
});

test("createFaultEngine() does not take it for another entry when the actor moves on within the phase", () => {
  const { engine, done } = engineWith([whenLeading("leader", 2)]);
  engine.observe("a", "x", "running.leader.establishing");
  engine.observe("a", "x", "running.leader.serving");
  engine.observe("a", "x", undefined);
  assert.deepEqual(done, []);
  engine.observe("a", "x", "running.follower");
  engine.observe("a", "x", "running.leader.establishing");
  assert.deepEqual(done, ["crash b"]);
});

test("createFaultEngine() lets watches lag, each stream in a lane of its own, and answers pass", () => {
  const parameters = { from: ["a"], to: ["b"], types: ["api.watch"], delayMs: 70, every: { of: 2, remainder: 1 } };
  const { engine } = engineWith([]);
  const end = engine.begin({ kind: "lag", parameters });
  const link = (type: string, watch: number) =>
    engine.link({ from: "a", to: "b", type, body: { type, watch } as never });
  assert.equal(link("reply", 1), undefined);
  assert.equal(link("api.watch", 2), undefined);
  assert.equal(link("api.watch", 3)?.delayMs, 70);
  assert.notEqual(link("api.watch", 3)?.lane, link("api.watch", 5)?.lane);
  const pieces = (...watches: readonly number[]) =>
    engine.link({
      from: "a",
      to: "b",
      type: "api.watch",
      body: { pieces: watches.map((watch) => ({ watch })) } as never,
    });
  assert.equal(pieces(2), undefined);
  assert.equal(pieces(3)?.lane, link("api.watch", 3)?.lane);
  // One message about several streams comes no earlier than what is told of each.
  assert.equal(pieces(2, 4), undefined);
  assert.equal(pieces(2, 5)?.lane, link("api.watch", 5)?.lane);
  end();
  assert.equal(link("api.watch", 3), undefined);
});

test("createFaultEngine() counts what each fault hits, and which of a plan never began", () => {
  const { engine } = engineWith([whenLeading("leader", 1)]);
  const end = engine.begin({ kind: "partition", parameters: { from: ["a"], to: ["b"], oneWay: true } });
  const send = (from: string, to: string) => engine.link({ from, to, type: "x", body: { type: "x" } });
  send("a", "b");
  send("b", "a");
  send("a", "b");
  end();
  send("a", "b");
  assert.deepEqual(engine.strikes(), [
    { kind: "crash", hasBegun: false, hits: 0 },
    { kind: "partition", hasBegun: true, hits: 2 },
  ]);
});

test("createFaultEngine() refuses parameters that a kind cannot take, and says what it wants", () => {
  const { engine } = engineWith([]);
  const refused: readonly [parameters: object, expected: RegExp][] = [
    [
      { from: ["a"], to: ["b"] },
      /^Error: Cannot inject fault "loss": its probability is missing, give a number from 0/,
    ],
    [{ from: "a", to: ["b"], probability: 1 }, /its from is "a", give a list of addresses/],
    [{ from: ["a"], to: ["b"], probability: 2 }, /its probability is 2, give a number from 0 to 1$/],
    [{ from: ["a"], to: ["b"], probability: 1, oneWay: "no" }, /its oneWay is "no", give true or false$/],
    [{ from: ["a"], to: ["b"], probability: 1, actor: "a" }, /it has no actor, only from, to, oneWay, probability$/],
  ];
  for (const [parameters, expected] of refused) {
    const given: FaultAction = JSON.parse(JSON.stringify({ kind: "loss", parameters }));
    assert.throws(() => engine.begin(given), expected);
  }
  assert.throws(() => parseFault({ kind: "crash", parameters: { actor: "a" }, forMs: -1 }), /forMs is -1, give/);
});
