import { availableParallelism } from "node:os";
import { after } from "node:test";
import { assert, test } from "../../../properties/house/test.ts";
import { cast } from "../../../properties/stages/hosts/cast.ts";
import { type Deed, puppet } from "../../../properties/stages/hosts/puppet.ts";
import { type Stage, stages } from "../../../properties/stages/hosts/stages.ts";
import type { Message } from "../../core/actor.ts";
import { replayActor } from "../../core/replay_actor.ts";
import type { FreeHost } from "./free_host.ts";
import { createPoolHost } from "./pool.ts";
import { createThreadHost } from "./thread.ts";

/** What only real workers can do: run out of memory, be killed; and what a run of theirs leaves behind. */
for (const name of ["thread", "pool"] as const) {
  let opened: Promise<Stage> | undefined;
  const open = async () => {
    opened ??= stages[name]();
    const stage = await opened;
    return { ...stage, host: stage.host as FreeHost };
  };
  after(async () => (await opened)?.close());

  // In the pool one heap is for all: its limit is the machine's to test.
  if (name === "thread") {
    test(`thread host restarts an actor whose worker exhausts its heap`, async () => {
      const { host, puppet: start, tell, until, look } = await open();
      const a = await start({}, { heapMaxMb: 32, restartsMax: 1 });
      tell(a, { do: "exhaust" });
      await until(async () => isLife(await host.inspect(a), 1));
      assert.deepEqual((await look(a)).seen, []);
      tell(a, { do: "exhaust" });
      await until(() => host.failures().some(({ address }) => address === a));
      assert.match(host.failures().at(-1)?.reason ?? "", /ERR_WORKER_OUT_OF_MEMORY/);
    });
  }

  test(`${name} host restarts all that lived in a worker that was terminated`, async () => {
    const { host, puppet: start, until, tell, seen } = await open();
    const [a, b, c] = [await start(), await start(), await start()];
    tell(a, { do: "monitor", address: c }, { do: "ask", to: c, body: { type: "puppet.ignore" }, timeoutMs: 60_000 });
    tell(a, noteTo(c, "sent"));
    await seen(c, 1);
    await host.terminate(c);
    await until(async () => isLife(await host.inspect(c), 1));
    // In the pool, one of the others lived in the same worker; whoever did is back too.
    for (const each of [a, b]) await until(async () => (await host.inspect(each))?.state === "running");
    if ((await host.inspect(a))?.incarnation === 0) {
      assert.deepEqual((await seen(a, 2)).toSorted(), [`down ${c}`, `failed ${c} down ask`]);
    }
    tell(b, noteTo(c, "again"));
    assert.deepEqual(await seen(c, 1), [`${b}: again`]);
    // And the other way round: nobody holds on to a port to the worker that is gone.
    tell(c, noteTo(a, "back"));
    await until(async () => (await seen(a, 1)).includes(`${c}: back`));
  });

  if (name === "thread") {
    test("thread host starts workers in turn, and again one that was terminated before it was its turn", async () => {
      const { host, puppet: start, until } = await open();
      const before = new Set(host.addresses());
      const starting = Array.from({ length: 3 * availableParallelism() }, () => start());
      await until(() => host.addresses().length === before.size + starting.length);
      const [last = "", ...others] = host
        .addresses()
        .filter((each) => !before.has(each))
        .sort((a, b) => numberOf(b) - numberOf(a));
      await host.terminate(last);
      await Promise.all(starting);
      await until(async () => isLife(await host.inspect(last), 1));
      for (const each of others) await until(async () => isLife(await host.inspect(each), 0));
    });

    test("thread host stops who waits for a worker's turn at once, and those that wait with it go on", async () => {
      const { host, puppet: start, until } = await open();
      const before = new Set(host.addresses());
      const alone = Array.from({ length: 3 * availableParallelism() }, () => start());
      const [shared, stopped] = [start({}, { sharedWorker: "late" }), start({}, { sharedWorker: "late" })];
      await until(() => host.addresses().length === before.size + alone.length + 2);
      const added = host.addresses().filter((each) => !before.has(each));
      const [last = "", other = "", third = ""] = added.sort((a, b) => numberOf(b) - numberOf(a));
      await Promise.all([host.stop(last), host.stop(third)]);
      const left = [await host.inspect(last), await host.inspect(third)];
      assert.deepEqual([left, isLife(await host.inspect(other), 0)], [[undefined, undefined], false]);
      await Promise.all([...alone, shared, stopped].map((each) => each.catch(() => {})));
      await until(async () => isLife(await host.inspect(other), 0));
      const lives = (await host.stats()).find(({ resident }) => resident === other);
      assert.equal(lives?.actors, 1, "who was stopped lives on beside the other");
    });

    test("thread host has actors share a worker: one dies alone by a crash, all with the worker", async () => {
      const { host, puppet: start, tell, until, seen } = await open();
      const [a, b, c] = [
        await start({}, { sharedWorker: "x" }),
        await start({}, { sharedWorker: "x" }),
        await start({}, { sharedWorker: "y" }),
      ];
      const workers = (await host.stats()).filter(({ actors }) => actors === 2);
      assert.equal(workers.length, 1, "the two have no worker together");
      tell(a, noteTo(b, "neighbour"));
      tell(a, { do: "throw", text: "on purpose" });
      await until(async () => isLife(await host.inspect(a), 1));
      assert.deepEqual([await seen(b, 1), (await host.inspect(b))?.incarnation], [[`${a}: neighbour`], 0]);
      await host.terminate(b);
      for (const [each, life] of [
        [a, 2],
        [b, 1],
      ] as const) {
        await until(async () => isLife(await host.inspect(each), life));
      }
      assert.equal((await host.inspect(c))?.incarnation, 0);
      await host.stop(a);
      assert.equal((await host.inspect(b))?.incarnation, 1);
    });
  }

  test(`${name} host gives up a root actor whose worker is terminated again and again`, async () => {
    const { host, puppet: start, until } = await open();
    const a = await start({}, { restartsMax: 1 });
    await host.terminate(a);
    await until(async () => isLife(await host.inspect(a), 1));
    await host.terminate(a);
    await until(() => host.failures().some(({ address }) => address === a));
    assert.match(
      host.failures().at(-1)?.reason ?? "",
      /Cannot restart actor "p\d+": 1 restarts in 60000 ms.*Worker ended/,
    );
  });

  test(`${name} host names the line of the source in the reason of a crash`, async () => {
    const { host, puppet: start, tell, until } = await open();
    const a = await start({}, { restartsMax: 0 });
    tell(a, { do: "throw", text: "an unlikely text" });
    await until(() => host.failures().some(({ address }) => address === a));
    const reason = host.failures().find(({ address }) => address === a)?.reason ?? "";
    assert.match(reason, /an unlikely text/);
    assert.match(reason, /properties\/stages\/hosts\/puppet\.ts:\d+:\d+/);
  });

  test(`${name} host records what goes into an actor: its replay wants the same effects`, async () => {
    const { host, puppet: start, tell, seen } = await open();
    const [a, b] = [await start({ first: [{ do: "draw" }, { do: "timer", name: "x", delayMs: 5 }] }), await start()];
    tell(a, { do: "draw" }, noteTo(b, "1"), {
      do: "ask",
      to: b,
      body: { type: "puppet.echo", value: 2 } as Message,
      timeoutMs: 5_000,
    });
    await seen(a, 4);
    const journal = await host.journalOf(a);
    assert.ok(journal);
    assert.equal(journal.dropped, 0);
    const replayed = [...replayActor(puppet, journal)];
    assert.deepEqual(replayed[0]?.effects, journal.firstEffects);
    assert.deepEqual(
      replayed.slice(1).map(({ effects }) => effects),
      journal.steps.map(({ effects }) => effects),
    );
    assert.ok(journal.steps.some(({ effects }) => effects.some(({ kind }) => kind === "ask")));
    const last = replayed.at(-1);
    assert.ok(last);
    const { seen: sights } = last.data as { readonly seen: readonly string[] };
    assert.deepEqual(sights, (await seen(a, 4)).slice(0, sights.length));
  });

  test(`${name} host serves HTTP from an actor's worker, and again after a crash`, async () => {
    const { host, until } = await open();
    const front = await host.spawn({ name: "front", kind: "front", input: { port: 0 } });
    for (const life of [0, 1]) {
      await until(async () => (await host.inspect(front))?.phase === "serving");
      assert.equal((await host.inspect(front))?.incarnation, life);
      const port = await host.ask(front, { type: "front.port" }, 5_000);
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "hello" });
      assert.deepEqual([response.status, await response.text()], [200, "hello"]);
      await host.crash(front, "test");
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
      await until(async () => (await host.inspect(front))?.state === "running");
    }
  });

  test(`${name} host crashes an actor that sends what is no plain data, and nobody else`, async () => {
    const { host, puppet: start, tell, until, seen } = await open();
    const [a, b, c] = [await start({}, { restartsMax: 0 }), await start(), await start()];
    // In the pool one of these two lives in another worker than the sender does.
    tell(a, noteTo(b, "before"), noteTo(c, "before"));
    for (const each of [b, c]) await seen(each, 1);
    tell(a, { do: "sendCode", to: b }, { do: "sendCode", to: c }, noteTo(b, "after"), noteTo(c, "after"));
    await until(() => host.failures().some(({ address }) => address === a));
    assert.match(
      host.failures().at(-1)?.reason ?? "",
      /Cannot send "puppet\.note" from "p\d+" to "p\d+": .* could not be cloned/,
    );
    for (const each of [b, c]) assert.equal((await host.inspect(each))?.incarnation, 0);
  });

  test(`${name} host lets an actor listen only where it is permitted`, async () => {
    const { host, until } = await open();
    const permissions = { net: ["127.0.0.1:1"] };
    await host.spawn({ name: "narrow", kind: "front", input: { port: 0 }, permissions, restartsMax: 0 });
    await until(() => host.failures().some(({ address }) => address === "narrow"));
    assert.match(
      host.failures().at(-1)?.reason ?? "",
      /Cannot use "127\.0\.0\.1:0" in actor "narrow": permission "net"/,
    );
  });

  test(`${name} host hands on what actors log, and what its workers weigh`, async () => {
    const logged: string[] = [];
    const make = name === "thread" ? createThreadHost : createPoolHost;
    const settings = { diskFolder: "never/written" };
    const first: Deed[] = [{ do: "log", text: "here I am" }];
    await using host = await make({ cast, settings, onLog: (address, text) => logged.push(`${address}: ${text}`) });
    await host.spawn({ name: "talker", kind: "puppet", input: { first } });
    const [stats] = await host.stats();
    assert.ok(stats && stats.actors === 1 && stats.resident === "talker" && stats.heapUsedBytes > 0);
    const [collected] = await host.stats({ collects: true });
    assert.ok(collected && collected.heapUsedBytes < stats.heapUsedBytes, "nothing was collected");
    while (logged.length === 0) await new Promise(setImmediate);
    assert.deepEqual(logged, ["talker: here I am"]);
  });

  test(`${name} host lets a device import what it is told at run time`, async () => {
    const { puppet: start, tell, seen } = await open();
    const a = await start();
    tell(a, { do: "device", device: "loader", request: "data:text/javascript,export const content = 'found'" });
    assert.deepEqual(await seen(a, 1), ['reply device:loader "found"']);
  });

  test(`${name} host refuses to start anybody after it was closed`, async () => {
    const stage = await stages[name]();
    await stage.puppet();
    await stage.close();
    assert.deepEqual(stage.host.addresses(), []);
    await assert.rejects(stage.host.spawn({ name: "late", kind: "puppet", input: {} }), /the host is closed/);
  });
}

function isLife(report: Awaited<ReturnType<FreeHost["inspect"]>>, incarnation: number): boolean {
  return report?.incarnation === incarnation && report.state === "running";
}

/** Of a puppet: they are numbered as they are started. */
const numberOf = (address: string) => Number(address.slice(1));

function noteTo(to: string, text: string): Deed {
  return { do: "send", to, body: { type: "puppet.note", text } as Message };
}
