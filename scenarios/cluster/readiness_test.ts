import { assert, test } from "../../properties/house/test.ts";
import type { ActorReport, Host } from "../../runtime/hosts/host.ts";
import { topologyDefault } from "./create_cluster.ts";
import { InputError } from "./input_error.ts";
import { untilReady } from "./readiness.ts";

/** Waits for API servers that never answer, and whose lives have ended as `ends` says. */
async function waitFor(ends: readonly Partial<ActorReport>[]): Promise<Error> {
  const reports = ends.map((end) => ({ state: "restarting", phase: "", incarnation: 0, waiting: 0, ...end }));
  const host = {
    failures: () => [],
    inspect: async (address: string) => reports[Number(address.at(-1))],
    deadLetters: async () => ({ count: 0, last: [] }),
  } as unknown as Host;
  let nowMs = 0;
  const waited = untilReady({
    ...{ host, startedAtMs: 0, withinMs: 60_000, stages: ["apiservers"] },
    topology: { ...topologyDefault, apiservers: ends.length },
    api: () => Promise.reject(new Error("undeliverable")),
    uptimeMs: () => nowMs,
    async wait(ms) {
      nowMs += ms;
    },
    lossAdvice: async () => "",
  });
  const error = await waited.then(
    () => undefined,
    (given: Error) => given,
  );
  assert.ok(error);
  return Object.assign(error, { atMs: nowMs });
}

test("a cluster whose API servers all end for one reason again and again is given up with that reason", async () => {
  const lastEnd = "Error: Cannot read what is stored: give the right keys\n    at loadPage";
  const error = await waitFor([
    { incarnation: 4, lastEnd },
    { incarnation: 5, lastEnd },
  ]);
  assert.ok(error instanceof InputError);
  const why = "no API server starts: Cannot read what is stored: give the right keys";
  assert.equal(error.message, `Cannot bring the cluster up: ${why}`);
});

test("a cluster whose API servers end for several reasons, or seldom, is given its time", async () => {
  const odd = await waitFor([
    { incarnation: 9, lastEnd: "Error: one" },
    { incarnation: 9, lastEnd: "Error: other" },
  ]);
  const fresh = await waitFor([
    { incarnation: 3, lastEnd: "Error: one" },
    { incarnation: 9, lastEnd: "Error: one" },
  ]);
  for (const { message } of [odd, fresh]) assert.match(message, /after 60000 ms apiservers 0 of 2/);
});
