import { assert, test } from "../../properties/house/test.ts";
import type { ActorReport } from "../../runtime/hosts/host.ts";
import { createCluster } from "./create_cluster.ts";
import { whatHangs } from "./readiness_report.ts";

const report: ActorReport = {
  address: "apiserver/1",
  kind: "apiserver",
  state: "restarting",
  phase: "",
  incarnation: 7,
  waiting: 0,
  lastEnd: "Error: Cannot listen at 127.0.0.1:20001: address already in use\n    at takeListening",
};

test("whatHangs() names the component, what it answered, its state and how its last life ended", async () => {
  const host = {
    inspect: async () => report,
    deadLetters: async () => ({ count: 1, last: [{ from: "store/0", to: "apiserver/1", type: "store.events" }] }),
  };
  assert.equal(
    await whatHangs(host, [{ who: "apiserver/1", why: "Cannot ask" }]),
    "\n  apiserver/1: Cannot ask; it is restarting, restarted 7 times, the last end was: Error: Cannot listen at 127.0.0.1:20001: address already in use" +
      "\n  messages that reached nobody: store.events from store/0 to apiserver/1",
  );
});

test("whatHangs() tells of a few where many are missing", async () => {
  const host = { inspect: async () => undefined, deadLetters: async () => ({ count: 0, last: [] }) };
  const missing = Array.from({ length: 9 }, (_each, index) => ({ who: `kubelet/node-${index}`, why: "no" }));
  const lines = (await whatHangs(host, missing)).trim().split("\n  ");
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [6, "kubelet/node-0: no; it is not there", "4 more"]);
});

test("createCluster() says what hung when the cluster does not come up in time", async () => {
  await assert.rejects(createCluster({ readyWithinMs: 1 }), (error: Error) => {
    assert.match(error.message, /^Cannot bring the cluster up: after 1 ms store 0 of 1\n {2}store\/0: /);
    assert.match(error.message, /\n {2}store\/1: it knows no leader in term 1; it is running in phase "running\./);
    return true;
  });
});
