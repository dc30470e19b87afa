import { connect, createServer, type Server } from "node:net";
import { assert, test } from "../../properties/house/test.ts";
import { openFrontDoor } from "./front_door.ts";
import { holdPorts } from "./held_ports.ts";

const host = "127.0.0.1";

test("openFrontDoor() deals connections out to the servers that live, and passes bytes both ways", async () => {
  await using held = await holdPorts(host, 2);
  const [first, second] = held.ports;
  const backends = [first, second].map((port) => ({ host, port: port as number }));
  const one = await greeter(first as number, "one");
  const two = await greeter(second as number, "two");
  const door = await openFrontDoor({ host, port: 0, backends });
  try {
    assert.deepEqual(new Set([await talk(door.port), await talk(door.port)]), new Set(["one: hello", "two: hello"]));
    await close(one);
    assert.deepEqual([await talk(door.port), await talk(door.port)], ["two: hello", "two: hello"]);
  } finally {
    await door.close();
    await close(two);
  }
});

test("openFrontDoor() keeps a client waiting while its server starts", async () => {
  await using held = await holdPorts(host, 1);
  const [port] = held.ports as [number];
  const door = await openFrontDoor({ host, port: 0, backends: [{ host, port }] });
  const answer = talk(door.port);
  const server = await greeter(port, "late");
  try {
    assert.equal(await answer, "late: hello");
  } finally {
    await door.close();
    await close(server);
  }
});

test("openFrontDoor() drops a client when patience ends", async () => {
  await using held = await holdPorts(host, 1);
  const [port] = held.ports as [number];
  const door = await openFrontDoor({ host, port: 0, backends: [{ host, port }], patienceMs: 50 });
  try {
    assert.equal(await talk(door.port), "");
  } finally {
    await door.close();
  }
});

test("openFrontDoor() refuses a port that is in use with one line that says what to do", async () => {
  await using held = await holdPorts(host, 1);
  const [port] = held.ports as [number];
  const server = await greeter(port, "here");
  try {
    await assert.rejects(openFrontDoor({ host, port, backends: [] }), {
      name: "InputError",
      message: `Cannot listen on 127.0.0.1:${port}: the port is in use, choose another with --port, or 0 for any free one`,
    });
  } finally {
    await close(server);
  }
});

function greeter(port: number, name: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => socket.end(`${name}: ${data}`));
    });
    server.listen({ host, port }, () => resolve(server));
  });
}

function talk(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host, port }, () => socket.write("hello"));
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
