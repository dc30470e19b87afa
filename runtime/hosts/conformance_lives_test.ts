import { after } from "node:test";
import { assert, test } from "../../properties/house/test.ts";
import type { Deed } from "../../properties/stages/hosts/puppet.ts";
import { type Stage, stages } from "../../properties/stages/hosts/stages.ts";
import type { Message } from "../core/actor.ts";
import type { ChildSpec } from "../supervision/child_spec.ts";
import type { Host } from "./host.ts";

/** What every host does alike when actors start, end, crash and are refused. */
const cases: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  "starts a child, and keeps what is sent to it while it starts": async ({ puppet, tell, seen }) => {
    const parent = await puppet();
    const child = `${parent}/child`;
    tell(parent, spawn({ name: "child" }), noteTo(child, "1"), noteTo(child, "2"));
    assert.deepEqual(await seen(child, 2), [`${parent}: 1`, `${parent}: 2`]);
  },

  "monitors a child that is starting": async ({ host, puppet, tell, seen, until, pass }) => {
    const parent = await puppet();
    const child = `${parent}/child`;
    tell(parent, spawn({ name: "child", restart: "temporary" }), { do: "monitor", address: child });
    await until(async () => (await host.inspect(child))?.state === "running");
    await pass(10);
    assert.deepEqual(await seen(parent, 0), []);
    await host.crash(child, "test");
    assert.deepEqual((await seen(parent, 2)).toSorted(), [`down ${child}`, `exited ${child} for good`]);
  },

  "restarts an actor that throws: its memory is lost, its disk is kept": async (stage) => {
    const { puppet, tell, seen, look } = stage;
    const a = await puppet();
    tell(a, disk({ op: "append", path: "file", data: "kept", sync: true }));
    await seen(a, 1);
    tell(a, { do: "throw", text: "test" });
    await lives(stage, a, 1);
    assert.deepEqual((await look(a)).seen, []);
    tell(a, disk({ op: "read", path: "file" }));
    assert.deepEqual(await seen(a, 1), ['reply device:disk {"ok":true,"data":"kept"}']);
    assert.equal((await look(a)).incarnation, 1);
  },

  "restarts by the child's own terms": async (stage) => {
    const { host, puppet, tell, seen, until } = stage;
    const parent = await puppet();
    const restarts = ["permanent", "transient", "temporary"] as const;
    tell(parent, ...restarts.map((restart) => spawn({ name: restart, restart })));
    for (const name of restarts) await lives(stage, `${parent}/${name}`, 0);
    for (const name of restarts) tell(`${parent}/${name}`, { do: "end" });
    assert.deepEqual((await seen(parent, 3)).toSorted(), [
      `exited ${parent}/permanent restarting`,
      `exited ${parent}/temporary for good`,
      `exited ${parent}/transient for good`,
    ]);
    await lives(stage, `${parent}/permanent`, 1);
    await until(() => !host.addresses().includes(`${parent}/transient`));

    tell(
      parent,
      spawn({ name: "transient", restart: "transient" }),
      spawn({ name: "temporary", restart: "temporary" }),
    );
    for (const name of ["transient", "temporary"]) await lives(stage, `${parent}/${name}`, 1);
    for (const name of ["transient", "temporary"]) tell(`${parent}/${name}`, { do: "throw", text: "test" });
    assert.deepEqual((await seen(parent, 5)).slice(3).toSorted(), [
      `exited ${parent}/temporary for good`,
      `exited ${parent}/transient restarting`,
    ]);
  },

  "takes the children of an actor that crashes with it": async (stage) => {
    const { host, puppet, tell } = stage;
    const parent = await puppet();
    tell(parent, spawn({ name: "child", input: { first: [spawn({ name: "grandchild" })] } }));
    await lives(stage, `${parent}/child/grandchild`, 0);
    await host.crash(parent, "test");
    await lives(stage, parent, 1);
    assert.deepEqual(
      host.addresses().filter((address) => address.startsWith(`${parent}/`)),
      [],
    );
  },

  "counts the lives at an address on, whoever leads them: no two share their ids and random numbers": async (stage) => {
    const { host, puppet, tell, look, seen } = stage;
    const parent = await puppet();
    const child = `${parent}/child`;
    const draws: (readonly string[])[] = [];
    const bear = async (incarnation: number) => {
      tell(parent, spawn({ name: "child" }));
      await lives(stage, child, incarnation);
      assert.equal((await look(child)).incarnation, incarnation);
      tell(child, { do: "draw" });
      draws.push(await seen(child, 1));
    };
    await bear(0);
    tell(parent, { do: "stop", address: child });
    await stage.until(async () => !host.addresses().includes(child));
    await bear(1);
    await host.crash(parent, "test");
    await lives(stage, parent, 1);
    await bear(2);
    assert.equal(new Set(draws.map(String)).size, 3);
  },

  "makes the parent crash when a child crashes too often": async (stage) => {
    const { host, puppet, tell } = stage;
    const parent = await puppet();
    tell(parent, spawn({ name: "child", restartsMax: 2, input: { first: [{ do: "throw", text: "test" }] } }));
    await lives(stage, parent, 1);
    assert.equal(host.addresses().includes(`${parent}/child`), false);
    assert.equal(await failureOf(stage, parent), undefined);
  },

  "gives up a root actor that crashes too often, and says so": async (stage) => {
    const { host } = stage;
    const first: Deed[] = [{ do: "throw", text: "cannot begin" }];
    await host.spawn({ name: "doomed", kind: "puppet", input: { first }, restartsMax: 2 });
    await stage.until(async () => (await failureOf(stage, "doomed")) !== undefined);
    assert.match((await failureOf(stage, "doomed")) ?? "", /2 restarts in 60000 ms, the last end was: .*cannot begin/s);
    assert.equal(await host.inspect("doomed"), undefined);
  },

  "stops children before their parent, the last one first": async (stage) => {
    const { host, puppet, tell, seen } = stage;
    const witness = await puppet();
    const parent = await puppet({ witness }, { kind: "goodPuppet" });
    const input = { witness };
    tell(parent, ...["a", "b", "c"].map((name) => spawn({ name, kind: "goodPuppet", input })));
    for (const name of ["a", "b", "c"]) await lives(stage, `${parent}/${name}`, 0);
    await host.stop(parent);
    assert.equal(await host.inspect(parent), undefined);
    assert.deepEqual(
      await seen(witness, 4),
      [`${parent}/c`, `${parent}/b`, `${parent}/a`, parent].map((address) => `${address}: stopped`),
    );
  },

  "ends what does not stop in time, and what does not handle stop at once": async (stage) => {
    const { host, puppet, look, pass } = stage;
    const witness = await puppet();
    const slow = await puppet({ witness }, { kind: "goodPuppet", shutdownMs: 1 });
    const deaf = await puppet({ witness }, { shutdownMs: 3_600_000 });
    for (const address of [slow, deaf]) {
      await host.stop(address);
      assert.equal(await host.inspect(address), undefined);
    }
    await pass(20);
    assert.deepEqual((await look(witness)).seen, []);
  },

  "lets a parent stop a child for good, and start it anew": async (stage) => {
    const { puppet, tell, seen, look } = stage;
    const parent = await puppet();
    const child = `${parent}/child`;
    tell(parent, spawn({ name: "child", kind: "goodPuppet" }));
    await lives(stage, child, 0);
    tell(child, noteTo(child, "remember"));
    await seen(child, 1);
    tell(parent, { do: "stop", address: child });
    assert.deepEqual(await seen(parent, 1), [`exited ${child} for good`]);
    tell(parent, spawn({ name: "child" }), noteTo(child, "anew"));
    assert.deepEqual(await seen(child, 1), [`${parent}: anew`]);
    assert.equal((await look(child)).incarnation, 1);
  },

  "refuses to start what it does not know, or where somebody lives": async ({ host, puppet }) => {
    const taken = await puppet();
    await assert.rejects(host.spawn({ name: taken, kind: "puppet", input: {} }), /its address is taken/);
    await assert.rejects(host.spawn({ name: "x", kind: "unheardOf", input: {} }), /no actor of kind "unheardOf"/);
  },

  "makes the parent crash when it starts a child that cannot be": async (stage) => {
    for (const wrong of [{ kind: "unheardOf" }, { permissions: { net: ["*"] } }] satisfies Partial<ChildSpec>[]) {
      const parent = await stage.puppet({}, { restartsMax: 0 });
      stage.tell(parent, spawn({ name: "child", ...wrong }));
      await stage.until(async () => (await failureOf(stage, parent)) !== undefined);
      assert.match(
        (await failureOf(stage, parent)) ?? "",
        /no actor of kind "unheardOf"|which its parent does not hold/,
      );
    }
  },

  "refuses an actor whose module imports node:net without the permission": async ({ host }) => {
    await assert.rejects(
      host.spawn({ name: "prober", kind: "prober", input: {} }),
      /actor "prober": its module "properties\/stages\/hosts\/prober\.ts" imports "node:net", permission "net" is not granted/,
    );
    assert.equal(await host.inspect("prober"), undefined);
  },

  "crashes an actor that asks its disk for another's path": async (stage) => {
    const other = await stage.puppet();
    for (const path of [`/${other}/file`, `../${other}/file`]) {
      const nosy = await stage.puppet({}, { restartsMax: 0 });
      stage.tell(nosy, disk({ op: "read", path }));
      await stage.until(async () => (await failureOf(stage, nosy)) !== undefined);
      const reason = (await failureOf(stage, nosy)) ?? "";
      assert.ok(reason.includes(`in actor "${nosy}": permission "read" is not granted`), reason);
    }
  },

  "crashes an actor that asks a device there is not": async (stage) => {
    const a = await stage.puppet({}, { restartsMax: 0 });
    stage.tell(a, { do: "device", device: "teleporter", request: {} });
    await stage.until(async () => (await failureOf(stage, a)) !== undefined);
    assert.match((await failureOf(stage, a)) ?? "", /Cannot use device "teleporter"/);
  },
};

function spawn(spec: Partial<ChildSpec> & { readonly name: string }): Deed {
  return { do: "spawn", spec: { kind: "puppet", input: {}, ...spec } };
}

function noteTo(to: string, text: string): Deed {
  return { do: "send", to, body: { type: "puppet.note", text } as Message };
}

function disk(request: unknown): Deed {
  return { do: "device", device: "disk", request };
}

async function lives({ host, until }: Stage, address: string, incarnation: number) {
  await until(async () => {
    const report = await host.inspect(address);
    return report?.incarnation === incarnation && report.state === "running";
  });
}

async function failureOf({ host }: Stage, root: string): Promise<string | undefined> {
  return host.failures().find(({ address }) => address === root)?.reason;
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
