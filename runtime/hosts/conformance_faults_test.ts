import { after } from "node:test";
import { assert, test } from "../../properties/house/test.ts";
import type { Deed, PuppetMessage } from "../../properties/stages/hosts/puppet.ts";
import { type Stage, stages } from "../../properties/stages/hosts/stages.ts";
import type { Message } from "../core/actor.ts";
import type { FaultAction } from "../faults/fault.ts";
import type { Host } from "./host.ts";

/** What every host does alike between effects and their execution while faults are on, and after they are healed. */
const cases: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  "loses messages on a link, and only there": async ({ host, puppet, tell, seen }) => {
    const [a, b, c] = [await puppet(), await puppet(), await puppet()];
    const heal = await host.inject({ kind: "loss", parameters: { from: [a], to: [b], probability: 1 } });
    tell(a, noteTo(b, "lost"), noteTo(c, "kept"), { do: "ask", to: b, body: echo("lost"), timeoutMs: 40 });
    assert.deepEqual(await seen(c, 1), [`${a}: kept`]);
    assert.deepEqual(await seen(a, 1), [`failed ${b} timeout ask`]);
    await heal();
    tell(a, noteTo(b, "healed"));
    assert.deepEqual(await seen(b, 1), [`${a}: healed`]);
  },

  "loses some messages by chance": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    const heal = await host.inject({ kind: "loss", parameters: { from: [a], to: [b], probability: 0.5 } });
    tell(a, ...Array.from({ length: 200 }, (_, i) => noteTo(b, String(i))));
    // A message to itself comes after what was sent before.
    tell(a, noteTo(a, "sent"));
    await seen(a, 1);
    await heal();
    tell(a, noteTo(b, "last"));
    let found: readonly string[] = [];
    for (let count = 1; found.at(-1) !== `${a}: last`; count++) found = await seen(b, count);
    assert.ok(found.length > 50 && found.length < 150, `${found.length} of 201`);
  },

  "delays messages and keeps their order": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    const heal = await host.inject({ kind: "delay", parameters: { from: [a], to: [b], delayMsMax: 20 } });
    const texts = Array.from({ length: 40 }, (_, i) => String(i));
    tell(a, ...texts.map((text) => noteTo(b, text)), noteTo(a, "sent"));
    await seen(a, 1);
    await heal();
    // Sent when the fault is over, and still not before what it holds.
    tell(a, noteTo(b, "after"));
    assert.deepEqual(
      await seen(b, 41),
      [...texts, "after"].map((text) => `${a}: ${text}`),
    );
  },

  "delivers messages twice": async ({ host, puppet, tell, seen, pass }) => {
    const [a, b] = [await puppet(), await puppet()];
    const heal = await host.inject({ kind: "duplication", parameters: { from: [a], to: [b], probability: 1 } });
    tell(a, noteTo(b, "1"), noteTo(b, "2"));
    assert.deepEqual((await seen(b, 4)).toSorted(), [`${a}: 1`, `${a}: 1`, `${a}: 2`, `${a}: 2`]);
    // The copy of an answer finds nobody who waits for it.
    tell(a, { do: "ask", to: b, body: echo("once"), timeoutMs: 5_000 });
    await seen(a, 1);
    await pass(20);
    assert.deepEqual(await seen(a, 1), [`reply ${b} "once"`]);
    await heal();
  },

  "lets messages overtake each other": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    const heal = await host.inject({ kind: "reordering", parameters: { from: [a], to: [b], delayMsMax: 30 } });
    const texts = Array.from({ length: 40 }, (_, i) => `${a}: ${i}`);
    tell(a, ...texts.map((_, i) => noteTo(b, String(i))));
    const found = await seen(b, 40);
    assert.notDeepEqual(found, texts);
    assert.deepEqual(found.toSorted(), texts.toSorted());
    await heal();
  },

  "cuts a link both ways, or one way": async ({ host, puppet, tell, seen, pass }) => {
    const [a, b] = [await puppet(), await puppet()];
    const healBoth = await host.inject({ kind: "partition", parameters: { from: [a], to: [b] } });
    tell(a, noteTo(b, "cut"), noteTo(a, "mine"));
    tell(b, noteTo(a, "cut"), noteTo(b, "mine"));
    for (const each of [a, b]) assert.deepEqual(await seen(each, 1), [`${each}: mine`]);
    await healBoth();
    const healOne = await host.inject({ kind: "partition", parameters: { from: [a], to: [b], oneWay: true } });
    tell(a, noteTo(b, "cut"));
    tell(b, noteTo(a, "passes"));
    assert.deepEqual(await seen(a, 2), [`${a}: mine`, `${b}: passes`]);
    await pass(20);
    assert.deepEqual(await seen(b, 1), [`${b}: mine`]);
    await healOne();
  },

  "does not let news of a crash pass a partition": async ({ host, puppet, tell, seen, pass }) => {
    const [a, b] = [await puppet(), await puppet()];
    tell(a, { do: "monitor", address: b }, { do: "ask", to: b, body: { type: "puppet.ignore" }, timeoutMs: 150 });
    await pass(50);
    const heal = await host.inject({ kind: "partition", parameters: { from: [a], to: [b] } });
    await host.crash(b, "test");
    assert.deepEqual(await seen(a, 1), [`failed ${b} timeout ask`]);
    await heal();
  },

  "pauses an actor: mail and timers wait for it": async ({ host, puppet, tell, seen, until, pass }) => {
    const a = await puppet();
    tell(a, { do: "timer", name: "x", delayMs: 60 }, noteTo(a, "before"));
    await seen(a, 1);
    const resume = await host.inject({ kind: "pause", parameters: { actor: a } });
    host.send(a, { type: "puppet.note", text: "meanwhile" } as Message);
    await until(async () => (await host.inspect(a))?.waiting === 2);
    await pass(20);
    assert.equal((await host.inspect(a))?.state, "paused");
    await resume();
    assert.deepEqual((await seen(a, 3)).slice(1).toSorted(), ["outside: meanwhile", "timer.x"]);
  },

  "keeps a crashed actor down while the fault lasts": async ({ host, puppet, look, pass, until }) => {
    const a = await puppet();
    const heal = await host.inject({ kind: "crash", parameters: { actor: a } });
    await pass(100);
    assert.equal((await host.inspect(a))?.state, "restarting");
    await heal();
    await until(async () => (await host.inspect(a))?.state === "running");
    assert.equal((await look(a)).incarnation, 1);
  },

  "sets the wall clock of an actor off, not the clock that measures": async ({ host, puppet, look }) => {
    const [a, b] = [await puppet(), await puppet()];
    const hourMs = 3_600_000;
    const heal = await host.inject({ kind: "clockSkew", parameters: { actors: [a], offsetMs: hourMs } });
    const [ofA, ofB] = [await look(a), await look(b)];
    assert.ok(Math.abs(ofA.nowMs - ofB.nowMs - hourMs) < hourMs / 2, `${ofA.nowMs - ofB.nowMs} ms`);
    assert.ok(Math.abs(ofA.uptimeMs - ofB.uptimeMs) < hourMs / 2);
    await heal();
    assert.ok((await look(a)).nowMs < ofA.nowMs);
  },

  "makes a device slow, for one actor": async ({ host, puppet, tell, seen }) => {
    const [a, b] = [await puppet(), await puppet()];
    const parameters = { actor: a, device: "disk", delayMsMax: 400 };
    const heal = await host.inject({ kind: "slowDevice", parameters });
    const read: Deed = { do: "device", device: "disk", request: { op: "read", path: "x" } };
    tell(a, { do: "timer", name: "early", delayMs: 20 }, ...new Array<Deed>(20).fill(read));
    tell(b, read);
    assert.deepEqual(await seen(b, 1), ['reply device:disk {"ok":true}']);
    assert.ok((await seen(a, 21)).indexOf("timer.early") < 15);
    await heal();
  },

  "heals a fault by itself after its time": async ({ host, puppet, tell, seen, pass }) => {
    const [a, b] = [await puppet(), await puppet()];
    await host.inject({ kind: "partition", parameters: { from: [a], to: [b] }, forMs: 60 });
    tell(a, noteTo(b, "cut"), noteTo(a, "sent"));
    await seen(a, 1);
    await pass(100);
    tell(a, noteTo(b, "healed"));
    assert.deepEqual(await seen(b, 1), [`${a}: healed`]);
  },

  "refuses a fault that there is not": async ({ host }) => {
    const given: FaultAction = JSON.parse('{ "kind": "earthquake", "parameters": {} }');
    await assert.rejects(host.inject(given), /Cannot inject fault "earthquake": there is no such kind, use one of /);
  },
  "refuses a fault with parameters that it cannot take": async ({ host }) => {
    const given: FaultAction = JSON.parse('{ "kind": "loss", "parameters": { "from": ["a"], "to": ["b"] } }');
    await assert.rejects(host.inject(given), /Cannot inject fault "loss": its probability is missing, give a number /);
  },
};

function echo(value: unknown): PuppetMessage {
  return { type: "puppet.echo", value };
}

function noteTo(to: string, text: string): Deed {
  return { do: "send", to, body: { type: "puppet.note", text } as Message };
}

for (const name of Object.keys(stages) as Host["name"][]) {
  let opened: Promise<Stage> | undefined;
  const open = () => {
    opened ??= stages[name]();
    return opened;
  };
  after(async () => (await opened)?.close());
  for (const [what, run] of Object.entries(cases)) test(`${name} host ${what}`, async () => run(await open()));
}
