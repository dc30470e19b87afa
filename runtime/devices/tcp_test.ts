import { assert, test } from "../../properties/house/test.ts";
import { randomFrom } from "../core/random.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { TcpAnswer, TcpMessage, TcpRequest } from "./messages.ts";
import { tcp } from "./tcp.ts";
import { dialTcp, type TcpClient } from "./tcp_client.ts";
import { tcpModel } from "./tcp_model.ts";
import { tcpWindowBytes } from "./tcp_rules.ts";

type Said<Type extends TcpMessage["type"]> = Extract<TcpMessage, { readonly type: Type }>;

interface World {
  readonly definition: DeviceDefinition;
  connect(port: number): TcpClient;
  /** Another process takes a port, and gives it back. */
  occupy(): Promise<{ readonly port: number; free(): Promise<void> }>;
  readonly context: Pick<DeviceContext, "after">;
  /** Lets a little time pass. */
  pass(): Promise<void>;
}

const host = "127.0.0.1";
const turnsMax = 5_000;

function realWorld(): World {
  return {
    definition: tcp,
    connect: (port) => dialTcp(host, port),
    async occupy() {
      const other = openOn({ ...realWorld(), definition: tcp });
      const { port = 0 } = okay(await other.ask({ op: "listen", host, port: 0 }));
      return { port, free: async () => void (await other.ask({ op: "close", host, port })) };
    },
    context: { after: (delayMs, body) => void setTimeout(body, delayMs) },
    pass: () => new Promise((resolve) => setTimeout(resolve, 1)),
  };
}

function modelWorld(): World {
  const definition = tcpModel();
  let calls: { atMs: number; body: () => void }[] = [];
  let nowMs = 0;
  return {
    definition,
    connect: (port) => definition.connect(host, port),
    async occupy() {
      const free = definition.occupy(host, 39_000);
      return { port: 39_000, free: async () => free() };
    },
    context: { after: (delayMs, body) => void calls.push({ atMs: nowMs + delayMs, body }) },
    async pass() {
      nowMs += 0.1;
      const due = calls.filter(({ atMs }) => atMs <= nowMs);
      calls = calls.filter(({ atMs }) => atMs > nowMs);
      for (const { body } of due) body();
    },
  };
}

function openOn(world: World) {
  const said: TcpMessage[] = [];
  const device: Device = world.definition.open({
    address: "gateway/0",
    incarnation: 0,
    permissions: {},
    random: randomFrom(1),
    uptimeMs: () => 0,
    push: (message) => void said.push(message as TcpMessage),
    ...world.context,
  });
  const request = (asked: TcpRequest, done: (answer: TcpAnswer) => void = () => {}) =>
    device.request(asked, (answer) => done(answer as TcpAnswer), undefined);
  return {
    said,
    device,
    request,
    async ask(asked: TcpRequest): Promise<TcpAnswer> {
      const box: { answer?: TcpAnswer } = {};
      request(asked, (answer) => {
        box.answer = answer;
      });
      await until(world, () => box.answer !== undefined);
      return box.answer as TcpAnswer;
    },
    last<Type extends TcpMessage["type"]>(type: Type): Said<Type> | undefined {
      return said.findLast((each) => each.type === type) as Said<Type> | undefined;
    },
    text: () => said.reduce((text, each) => (each.type === "tcp.data" ? text + each.data : text), ""),
  };
}

async function until(world: World, isSo: () => boolean) {
  for (let turns = 0; !isSo(); turns++) {
    assert.ok(turns < turnsMax, `it never came to: ${isSo}`);
    await world.pass();
  }
}

function okay(answer: TcpAnswer): Extract<TcpAnswer, { ok: true }> {
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer as Extract<TcpAnswer, { ok: true }>;
}

/** A server that listens, and a client of it. */
async function connected(world: World) {
  const server = openOn(world);
  const { port = 0 } = okay(await server.ask({ op: "listen", host, port: 0 }));
  const client = world.connect(port);
  await until(world, () => client.state() === "open" && server.said.length > 0);
  const opened = server.last("tcp.opened");
  assert.equal(opened?.port, port);
  assert.equal(opened?.from.ip, host);
  return { server, client, port, connection: opened?.connection ?? 0 };
}

for (const [name, make] of [
  ["tcp", realWorld],
  ["tcpModel()", modelWorld],
] as const) {
  test(`${name} carries bytes both ways, and ends each way by itself`, async () => {
    const world = make();
    const { server, client, connection } = await connected(world);
    client.write("\u0000ÿ hello");
    client.end();
    await until(world, () => server.last("tcp.ended") !== undefined);
    assert.equal(server.text(), "\u0000ÿ hello");
    okay(await server.ask({ op: "take", connection, bytes: 8 }));
    okay(await server.ask({ op: "write", connection, data: "ÿ back" }));
    await until(world, () => client.received() === "ÿ back");
    assert.equal(client.isEnded(), false);
    okay(await server.ask({ op: "end", connection }));
    await until(world, () => client.state() === "closed");
    await until(world, () => server.last("tcp.closed") !== undefined);
    assert.deepEqual(
      [client.take(), client.received(), client.isEnded(), client.error()],
      ["ÿ back", "", true, undefined],
    );
    assert.equal(server.last("tcp.closed")?.isBroken, false);
    assert.equal((await server.ask({ op: "write", connection, data: "late" })).ok, false);
    server.device.close(false);
  });

  test(`${name} pushes no more than a window that was not taken`, async () => {
    const world = make();
    const { server, client, connection } = await connected(world);
    const chunk = "x".repeat(64 * 1024);
    const chunks = 40;
    for (let i = 0; i < chunks; i++) client.write(chunk);
    await until(world, () => server.text().length >= tcpWindowBytes);
    for (let i = 0; i < 50; i++) await world.pass();
    const first = server.text().length;
    assert.ok(first < tcpWindowBytes * 2, `${first} bytes were pushed`);
    let taken = 0;
    await until(world, () => {
      const bytes = server.text().length - taken;
      if (bytes > 0) server.request({ op: "take", connection, bytes });
      taken += bytes;
      return taken === chunk.length * chunks;
    });
    client.reset();
    await until(world, () => server.last("tcp.closed") !== undefined);
    assert.equal(client.state(), "closed");
    server.device.close(false);
  });

  test(`${name} answers a write when a slow client's system has it`, async () => {
    const world = make();
    const { server, client, connection } = await connected(world);
    client.pause();
    const data = "y".repeat(512 * 1024);
    const writes = 32;
    let answered = 0;
    for (let i = 0; i < writes; i++) server.request({ op: "write", connection, data }, () => answered++);
    for (let i = 0; i < 50; i++) await world.pass();
    assert.ok(answered < writes, `${answered} answers`);
    client.resume();
    let received = 0;
    await until(world, () => {
      received += client.take().length;
      return received === data.length * writes;
    });
    await until(world, () => answered === writes);
    server.device.close(false);
  });

  test(`${name} tells of what breaks: a reset by either side, an actor that is gone, nobody there`, async () => {
    const world = make();
    const { server, client, port, connection } = await connected(world);
    okay(await server.ask({ op: "reset", connection }));
    await until(world, () => client.state() === "closed");
    assert.equal(client.error(), "ECONNRESET");
    assert.equal(server.last("tcp.closed"), undefined);

    const second = world.connect(port);
    await until(world, () => second.state() === "open");
    second.reset();
    await until(world, () => server.last("tcp.closed")?.isBroken !== undefined);

    const third = world.connect(port);
    await until(world, () => third.state() === "open" && server.last("tcp.opened")?.connection === 3);
    server.device.close(true);
    await until(world, () => third.state() === "closed");
    assert.equal(third.error(), "ECONNRESET");
    const fourth = world.connect(port);
    await until(world, () => fourth.state() === "closed");
    assert.equal(fourth.error(), "ECONNREFUSED");
  });

  test(`${name} resets a connection whose end is on its way`, async () => {
    const world = make();
    const { server, client, connection } = await connected(world);
    server.request({ op: "end", connection });
    server.request({ op: "reset", connection });
    await until(world, () => {
      client.write("x");
      return client.state() === "closed";
    });
    server.device.close(false);
  });

  test(`${name} closes a port and keeps its connections; a port that another has is refused as a value`, async () => {
    const world = make();
    const { server, client, port, connection } = await connected(world);
    okay(await server.ask({ op: "close", host, port }));
    const late = world.connect(port);
    await until(world, () => late.state() === "closed");
    assert.equal(late.error(), "ECONNREFUSED");
    server.request({ op: "write", connection, data: "still here" });
    await until(world, () => client.received() === "still here");
    assert.equal((await server.ask({ op: "close", host, port })).ok, false);

    const other = await world.occupy();
    const refused = await server.ask({ op: "listen", host, port: other.port });
    assert.equal(!refused.ok && refused.code, "EADDRINUSE");
    await other.free();
    okay(await server.ask({ op: "listen", host, port: other.port }));
    server.device.close(false);
  });
}

test("tcp needs the permission for the address that it listens on, and for nothing else", () => {
  assert.deepEqual(tcp.needs({ op: "listen", host, port: 30_080 }, ""), { name: "net", scope: "127.0.0.1:30080" });
  assert.equal(tcp.needs({ op: "write", connection: 1, data: "" }, ""), undefined);
});
