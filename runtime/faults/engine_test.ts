import { assert, test } from "../../properties/test.ts";
import { createFaultEngine } from "./engine.ts";
import type { Fault, FaultControl } from "./fault.ts";

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
  end();
  assert.equal(link("api.watch", 3), undefined);
});
