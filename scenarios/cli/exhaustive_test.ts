import { assert, test } from "../../properties/house/test.ts";
import { captureLine } from "../../properties/stages/cli/capture_line.ts";
import { tryAll } from "./exhaustive.ts";

function streams() {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { written, streams: { stdout: { write }, stderr: { write } } };
}

test("tryAll() tells of each small world how much of it was tried", async () => {
  const { written, streams: into } = streams();
  assert.equal(await tryAll({ world: "raft", states: 60 }, into), 0);
  assert.match(written[0] ?? "", /^raft: three replicas, 2 timeouts.*: a part of it, as --states 60 says: 60 states, /);
  assert.equal(written.at(-1), "All rules held\n");
});

test("tryAll() refuses a world that there is not, and lists those that there are", async () => {
  await assert.rejects(tryAll({ world: "atom", states: 9 }, streams().streams), /no such small world, use raft/);
});

test("troupe check --exhaustive refuses what says how runs are drawn: there are none", async () => {
  for (const words of [["--corpus", "x"], ["--runs", "3"], ["--suite", "store"], ["--stop-at-first"]]) {
    const { code, stderr } = await captureLine("check", "--exhaustive", "raft", ...words);
    assert.equal(code, 2);
    assert.match(stderr, /option '--exhaustive <world>' cannot be used with option '--/);
  }
});
