import { after } from "node:test";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import type { Deed, PuppetMessage } from "../../properties/stages/hosts/puppet.ts";
import { type Stage, stages } from "../../properties/stages/hosts/stages.ts";
import type { Message } from "../core/actor.ts";
import type { Host } from "./host.ts";

/** What every host does alike with messages, timers, monitors and devices. */
const cases: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  "answers what is asked from outside": async ({ host, puppet }) => {
    const value = { deep: [1, "two", { three: null }] };
    assert.deepEqual(await host.ask(await puppet(), echo(value), 5_000), value);
  },

  "carries an ask and its answer between two actors": async ({ puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    tell(a, { do: "ask", to: b, body: echo("hello"), timeoutMs: 5_000 });
    assert.deepEqual(await seen(a, 1), [`reply ${b} "hello"`]);
  },

  "keeps the order of messages between two actors": async ({ puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    const texts = Array.from({ length: 300 }, (_, i) => String(i));
    for (let at = 0; at < 300; at += 50) tell(a, ...texts.slice(at, at + 50).map((text) => noteTo(b, text)));
    assert.deepEqual(
      await seen(b, 300),
      texts.map((text) => `${a}: ${text}`),
    );
  },

  "lets an actor send to itself": async ({ puppet, tell, seen }) => {
    const a = await puppet();
    tell(a, noteTo(a, "note to self"));
    assert.deepEqual(await seen(a, 1), [`${a}: note to self`]);
  },

  "fires timers in the order they are due, and not those cancelled or put off": async ({
    puppet,
    tell,
    seen,
    pass,
  }) => {
    const a = await puppet();
    tell(
      a,
      { do: "timer", name: "late", delayMs: 60 },
      { do: "timer", name: "soon", delayMs: 20 },
      { do: "timer", name: "never", delayMs: 10 },
      { do: "timer", name: "again", delayMs: 5 },
      { do: "timer", name: "again", delayMs: 40 },
      { do: "cancel", name: "never" },
    );
    await seen(a, 3);
    await pass(30);
    assert.deepEqual(await seen(a, 3), ["timer.soon", "timer.again", "timer.late"]);
  },

  "does not fire a timer before its time": async ({ puppet, tell, seen, look }) => {
    const a = await puppet();
    const before = await look(a);
    tell(a, { do: "timer", name: "x", delayMs: 50 });
    await seen(a, 1);
    const after = await look(a);
    assert.ok(after.uptimeMs - before.uptimeMs >= 50, `${after.uptimeMs - before.uptimeMs} ms`);
    assert.ok(after.nowMs >= before.nowMs + 49);
  },

  "fails an ask that nobody answers in time": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    tell(a, { do: "ask", to: b, body: { type: "puppet.ignore" }, timeoutMs: 30 });
    assert.deepEqual(await seen(a, 1), [`failed ${b} timeout ask`]);
    await assert.rejects(host.ask(b, { type: "puppet.ignore" }, 20), /Cannot ask "p\d+" for "puppet.ignore": timeout/);
  },

  "fails an ask to an address where nobody lives, and counts both kinds of lost mail": async (stage) => {
    const { host, puppet, tell, seen } = stage;
    const a = await puppet();
    const before = (await host.deadLetters()).count;
    tell(a, { do: "ask", to: "nobody", body: echo(1), timeoutMs: 5_000 }, noteTo("nobody", "lost"));
    assert.deepEqual(await seen(a, 1), ["failed nobody undeliverable ask"]);
    await stage.until(async () => (await host.deadLetters()).count >= before + 2);
    const { last } = await host.deadLetters();
    assert.deepEqual(last.slice(-2), [
      { from: a, to: "nobody", type: "puppet.echo" },
      { from: a, to: "nobody", type: "puppet.note" },
    ]);
    await assert.rejects(host.ask("nobody", echo(1), 5_000), /undeliverable/);
  },

  "tells the sender when a mailbox is full": async ({ host, puppet, tell, seen, until }) => {
    const [a, small] = [await puppet(), await puppet({}, { kind: "smallPuppet" })];
    const resume = await host.inject({ kind: "pause", parameters: { actor: small } });
    const asked: Deed = { do: "ask", to: small, body: echo("late"), timeoutMs: 5_000 };
    tell(a, ...["1", "2", "3", "4"].map((text) => noteTo(small, text)), asked);
    assert.deepEqual(await seen(a, 2), [`failed ${small} overflow send`, `failed ${small} overflow ask`]);
    await until(async () => (await host.inspect(small))?.waiting === 3);
    await resume();
    await until(async () => (await host.inspect(small))?.waiting === 0);
    assert.deepEqual(await seen(small, 3), [`${a}: 1`, `${a}: 2`, `${a}: 3`]);
  },

  "tells who monitors an actor that it is gone, once": async ({ host, puppet, tell, seen, pass, until }) => {
    const [a, b, c] = [await puppet(), await puppet(), await puppet()];
    tell(a, { do: "monitor", address: b }, { do: "monitor", address: c }, { do: "demonitor", address: c });
    await seen(a, 0);
    await pass(30);
    await host.crash(b, "test");
    await host.crash(c, "test");
    assert.deepEqual(await seen(a, 1), [`down ${b}`]);
    await until(async () => (await host.inspect(b))?.state === "running");
    await host.crash(b, "test");
    await pass(30);
    assert.deepEqual(await seen(a, 1), [`down ${b}`]);
  },

  "tells who monitors an address where nobody lives at once": async ({ puppet, tell, seen }) => {
    const a = await puppet();
    tell(a, { do: "monitor", address: "nobody" });
    assert.deepEqual(await seen(a, 1), ["down nobody"]);
  },

  "fails what was asked of an actor that crashes": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    tell(a, { do: "ask", to: b, body: { type: "puppet.ignore" }, timeoutMs: 60_000 }, noteTo(b, "ask under way"));
    await seen(b, 1);
    await host.crash(b, "test");
    assert.deepEqual(await seen(a, 1), [`failed ${b} down ask`]);
  },

  "answers device requests, from the actor's own folder": async ({ puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    for (const each of [a, b]) tell(each, appended(`of ${each}`), read("file"));
    for (const each of [a, b]) {
      assert.deepEqual(await seen(each, 2), [
        'reply device:disk {"ok":true}',
        `reply device:disk {"ok":true,"data":"of ${each}"}`,
      ]);
    }
  },

  "gives every life of an actor its own random numbers, the same in every host": async (stage) => {
    const { host, tell, seen, until, puppet } = stage;
    const gambler = await puppet({ first: [{ do: "draw" }, { do: "draw" }] }, { name: "gambler" });
    const first = await seen(gambler, 2);
    tell(gambler, { do: "throw", text: "test" });
    await until(async () => {
      const report = await host.inspect(gambler);
      return report?.incarnation === 1 && report.state === "running";
    });
    const second = await seen(gambler, 2);
    assert.notDeepEqual(first, second);
    assert.equal(new Set([...first, ...second]).size, 4);
  },
};

function echo(value: unknown): PuppetMessage {
  return { type: "puppet.echo", value };
}

function noteTo(to: string, text: string): Deed {
  return { do: "send", to, body: { type: "puppet.note", text } as Message };
}

function appended(data: string): Deed {
  return { do: "device", device: "disk", request: { op: "append", path: "file", data, sync: true } };
}

function read(path: string): Deed {
  return { do: "device", device: "disk", request: { op: "read", path } };
}

for (const name of Object.keys(stages) as Host["name"][]) {
  let opened: Promise<Stage> | undefined;
  const open = () => {
    opened ??= stages[name]();
    return opened;
  };
  after(async () => (await opened)?.close());

  for (const [what, run] of Object.entries(cases)) test(`${name} host ${what}`, async () => run(await open()));

  property(
    `${name} host leads to the same whether mail comes one by one or in a burst`,
    [fc.array(fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 })],
    async (bursts) => {
      const { puppet, tell, seen, host, pass } = await open();
      const [sender, one, other] = [await puppet(), await puppet(), await puppet()];
      const texts = bursts.flat();
      for (const burst of bursts) {
        tell(sender, ...burst.map((text) => noteTo(one, text)));
        await pass(0);
      }
      for (const text of texts) {
        tell(sender, noteTo(other, text));
        await pass(0);
      }
      assert.deepEqual(await seen(one, texts.length), await seen(other, texts.length));
      for (const each of [sender, one, other]) await host.stop(each);
    },
    { runs: name === "simulation" ? 20 : 4 },
  );
}
