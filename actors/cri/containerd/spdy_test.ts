import { once } from "node:events";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { constants, createInflate } from "node:zlib";
import { assert, test } from "../../../properties/house/test.ts";
import { connectSpdy } from "./spdy.ts";

const headBytes = 8;

/** A server that has been asked to speak SPDY, as far as frames go. */
async function server(answer: (socket: Duplex) => void) {
  const http = createServer();
  http.on("upgrade", (_request, socket: Duplex) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n");
    socket.write("X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n");
    answer(socket);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as { readonly port: number };
  return { url: `http://127.0.0.1:${port}/exec/token`, close: () => http.close() };
}

function frames(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const length = bytes.readUIntBE(at + 5, 3);
    found.push(bytes.subarray(at, at + headBytes + length));
    at += headBytes + length;
  }
  return found;
}

test("connectSpdy() opens streams whose headers are one zlib stream, and writes and ends them", async () => {
  let asked = Buffer.alloc(0);
  const { url, close } = await server((socket) => {
    socket.on("data", (bytes: Buffer) => {
      asked = Buffer.concat([asked, bytes]);
    });
  });
  const closed: (string | undefined)[] = [];
  const connection = await connectSpdy({
    url,
    protocols: ["v4.channel.k8s.io"],
    closed: (error) => closed.push(error),
  });
  assert.equal(connection.protocol, "v4.channel.k8s.io");
  const silent = { data() {}, end() {} };
  connection.open({ streamType: "error" }, silent);
  const stdin = connection.open({ streamType: "stdin", port: "80" }, silent);
  await new Promise<void>((resolve) => stdin.write(Buffer.from("hello"), resolve));
  stdin.end();
  while (frames(asked).length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  const [first, second, data, end] = frames(asked) as [Buffer, Buffer, Buffer, Buffer];
  const inflate = createInflate({ flush: constants.Z_SYNC_FLUSH });
  const headers: Buffer[] = [];
  inflate.on("data", (bytes: Buffer) => headers.push(bytes));
  for (const frame of [first, second]) await new Promise((resolve) => inflate.write(frame.subarray(18), resolve));
  const text = Buffer.concat(headers).toString("latin1");
  assert.equal(
    text,
    "\0\0\0\x01\0\0\0\nstreamtype\0\0\0\x05error\0\0\0\x02\0\0\0\nstreamtype\0\0\0\x05stdin\0\0\0\x04port\0\0\0\x0280",
  );
  assert.deepEqual([first.readUInt32BE(8), second.readUInt32BE(8)], [1, 3]);
  // Readers that wait for the end of a block have it: nothing of the headers is held back.
  for (const frame of [first, second]) assert.equal(frame.subarray(-5).toString("hex"), "000000ffff");
  assert.deepEqual([data.readUInt32BE(0), data.subarray(8).toString(), end.readUInt8(4)], [3, "hello", 1]);
  connection.close();
  assert.deepEqual(closed, [undefined]);
  close();
});

test("connectSpdy() gives each stream its bytes and its end, however the frames are cut, and answers a ping", async () => {
  const frame = (stream: number, text: string, flags = 0) => {
    const head = Buffer.alloc(headBytes);
    head.writeUInt32BE(stream, 0);
    head.writeUInt8(flags, 4);
    head.writeUIntBE(text.length, 5, 3);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2]);
  let pong = "";
  const { url, close } = await server((socket) => {
    socket.once("data", async () => {
      const all = Buffer.concat([ping, frame(1, "one"), frame(3, "two"), frame(1, "", 1), frame(3, "!", 1)]);
      socket.on("data", (bytes: Buffer) => {
        pong += bytes.toString("hex");
      });
      for (const byte of all) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
  const connection = await connectSpdy({ url, protocols: ["v4.channel.k8s.io"], closed: () => {} });
  const heard: string[] = [];
  await new Promise<void>((resolve) => {
    const listener = (name: string, end: () => void) => ({
      data: (bytes: Buffer) => void heard.push(`${name} ${bytes}`),
      end,
    });
    connection.open(
      { streamType: "stdout" },
      listener("stdout", () => heard.push("stdout end")),
    );
    connection.open({ streamType: "stderr" }, listener("stderr", resolve));
  });
  assert.deepEqual(heard, ["stdout one", "stderr two", "stdout end", "stderr !"]);
  while (!pong.includes(ping.toString("hex"))) await new Promise((resolve) => setTimeout(resolve, 5));
  connection.close();
  close();
});

test("connectSpdy() fails with the server's words when it does not speak SPDY", async () => {
  const http = createServer((_request, response) => response.writeHead(404).end("no such token\n"));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as { readonly port: number };
  const url = `http://127.0.0.1:${port}/exec/x`;
  await assert.rejects(connectSpdy({ url, protocols: ["v4.channel.k8s.io"], closed: () => {} }), /no such token/);
  http.close();
});

test("connectSpdy() fails when a refusal breaks off, and a connection ends that is told less of a stream than its number", async () => {
  const http = createServer((_request, response) => {
    response.writeHead(500, { "Content-Length": 100 }).write("it is brok");
    setImmediate(() => response.destroy());
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as { readonly port: number };
  const refused = { url: `http://127.0.0.1:${port}/exec/x`, protocols: [], closed: () => {} };
  await assert.rejects(connectSpdy(refused), /unable to upgrade connection: it is brok/);
  http.close();

  const { url, close } = await server((socket) => socket.write(Buffer.from([0x80, 3, 0, 3, 0, 0, 0, 2, 0, 0])));
  const error = await new Promise((resolve) => void connectSpdy({ url, protocols: [], closed: resolve }));
  assert.equal(error, "the runtime sent a frame that is too short");
  close();
});
