import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab } from "../../../properties/stages/apiserver/lab.ts";
import type { Server } from "../server.ts";

const inDefault = { namespace: "default" };
const mebibyte = 1024 * 1024;
const watchUrl = "/api/v1/namespaces/default/configmaps?watch=1";
const serverOf = (lab: Lab) => lab.simulation.dataOf("apiserver-0") as Server;

function write(lab: Lab, name: string, chars: number) {
  const body = configMapNamed(name, { data: { text: "x".repeat(chars) } });
  assert.equal(lab.call("create", "configmaps", { ...inDefault, body }).code, 201);
}

function eventsOf(body: string): { type: string; name: string }[] {
  const lines = body.split("\n").slice(0, -1);
  return lines.map((line) => {
    const { type, object } = JSON.parse(line);
    return { type, name: object.metadata.name };
  });
}

test("a client that stands still is written no more; when it goes on it is told all, in order", () => {
  const lab = createLab();
  const [slow, quick] = [lab.http(watchUrl), lab.http(watchUrl)];
  slow.pause();
  const names = Array.from({ length: 30 }, (_each, index) => `m${index}`);
  for (const name of names) write(lab, name, 20_000);
  lab.simulation.advance(100);
  assert.deepEqual(
    eventsOf(quick.body()).slice(-30),
    names.map((name) => ({ type: "ADDED", name })),
  );
  const [first] = serverOf(lab).watchers.all.values();
  assert.ok((first?.pending.length ?? 0) > 10, "what it does not take is not written to it");
  assert.ok((first?.sink.waitingBytes() ?? 0) < 256 * 1024);
  for (let round = 0; round < 10; round++) {
    slow.resume();
    lab.simulation.advance(20);
  }
  assert.deepEqual(eventsOf(slow.body()), eventsOf(quick.body()));
  assert.equal(serverOf(lab).watchers.waiting, 0);
});

test("of clients that never read, those for whom the most waits are cut off; together they never hold more than is theirs", () => {
  const lab = createLab({ input: { heapBytes: 32 * mebibyte } });
  const { plan } = serverOf(lab).watchers;
  const stuck = Array.from({ length: 40 }, () => lab.http(watchUrl));
  for (const each of stuck) each.pause();
  const quick = lab.http(watchUrl);
  lab.simulation.onStep(() => {
    const { waiting, all } = serverOf(lab).watchers;
    const counted = [...all.values()].reduce((sum, each) => sum + each.backlogChars + each.sink.waitingBytes(), 0);
    assert.equal(waiting, counted);
    // What is being told to all may be on its way when somebody is cut off.
    assert.ok(waiting <= plan.waitingBytesMax + 42 * 60_000, `${waiting} wait`);
  });
  for (let index = 0; index < 60; index++) write(lab, `m${index}`, 50_000);
  lab.simulation.advance(1_000);
  assert.ok(stuck.filter((each) => each.state() === "reset").length >= 20);
  assert.deepEqual([quick.state(), eventsOf(quick.body()).length >= 60], ["open", true]);
  assert.ok(serverOf(lab).watchers.waiting <= plan.waitingBytesMax);
});

test("a client that stands still when its watch's time is up is let go", () => {
  const lab = createLab();
  const slow = lab.http(`${watchUrl}&timeoutSeconds=5`);
  slow.pause();
  for (let index = 0; index < 10; index++) write(lab, `m${index}`, 50_000);
  lab.simulation.advance(7_000);
  assert.equal(slow.state(), "reset");
  assert.deepEqual([serverOf(lab).watchers.all.size, serverOf(lab).watchers.waiting], [0, 0]);
});

test("many watches are told in turns, and others are served between them", () => {
  const lab = createLab();
  const watches = Array.from({ length: 300 }, () => lab.http(watchUrl));
  let most = 0;
  let before = 0;
  lab.simulation.onStep(() => {
    const sent = [...serverOf(lab).exchanges.open.values()].filter(({ isWriting }) => isWriting).length;
    most = Math.max(most, sent - before);
    before = sent;
  });
  for (let index = 0; index < 5; index++) write(lab, `m${index}`, 100);
  lab.simulation.advance(50);
  for (const watch of watches) assert.equal(eventsOf(watch.body()).length >= 5, true);
  assert.ok(most <= 64, `${most} were written to in one step`);
});

test("a long list comes in pieces, each when the one before was taken, and is whole", () => {
  const lab = createLab();
  const names = Array.from({ length: 40 }, (_each, index) => `m${index}`).sort();
  for (const name of names) write(lab, name, 60_000);
  const listUrl = "/api/v1/namespaces/default/configmaps";
  const quick = lab.http(listUrl);
  lab.simulation.advance(100);
  assert.deepEqual([quick.state(), quick.code(), quick.headers()["Content-Type"]], ["ended", 200, "application/json"]);
  assert.ok(quick.chunks().length > 5);
  const { kind, items } = JSON.parse(quick.body());
  assert.equal(kind, "ConfigMapList");
  const listed = items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(
    listed.filter((name: string) => names.includes(name)),
    names,
  );
  assert.equal(serverOf(lab).inFlight, 0);
});

test("a client that does not take its list within a minute is given up, and one that goes leaves nothing", () => {
  const lab = createLab();
  for (let index = 0; index < 40; index++) write(lab, `m${index}`, 60_000);
  const [stuck, gone] = ["a", "b"].map(() => {
    const exchange = lab.begin("/api/v1/configmaps");
    exchange.pause();
    return exchange;
  });
  lab.simulation.advance(1_000);
  assert.equal(serverOf(lab).inFlight, 2);
  gone?.abort();
  lab.simulation.advance(1_000);
  assert.equal(serverOf(lab).inFlight, 1);
  lab.simulation.advance(61_000);
  assert.deepEqual([stuck?.state(), serverOf(lab).inFlight, serverOf(lab).outflows.open.size], ["reset", 0, 0]);
});
