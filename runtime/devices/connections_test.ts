import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectTcp } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { type ConnectionLimits, createConnections } from "./connections.ts";
import { tlsOptions } from "./https.ts";

const { authority, serving, jane } = certificates;
const trust = { ca: authority, servername: "localhost", checkServerIdentity: () => undefined };

/** A TLS server that holds so many connections. */
async function withConnections(
  limits: ConnectionLimits,
  body: (open: {
    stranger(): Socket;
    known(): Promise<TLSSocket>;
    isOpen(socket: Socket): Promise<boolean>;
  }) => Promise<void>,
) {
  const server = createServer(tlsOptions({ key: serving.key, cert: serving.cert, clientCa: authority }));
  const connections = createConnections(limits);
  server.on("connection", (socket) => connections.arrived(socket));
  server.on("secureConnection", (socket) => {
    socket.on("error", () => {});
    if (socket.authorized) connections.known(socket);
    socket.pipe(socket);
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  const kept = <Kind extends Socket>(socket: Kind) => {
    sockets.push(socket.on("error", () => {}));
    return socket;
  };
  try {
    await body({
      stranger: () => kept(connectTcp(port, "127.0.0.1").resume()),
      async known() {
        const socket = kept(connect({ host: "127.0.0.1", port, ...trust, key: jane.key, cert: jane.cert }));
        await once(socket, "secureConnect");
        assert.equal(await answers(socket), true);
        return socket;
      },
      isOpen: answers,
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

function gone(socket: Socket): Promise<unknown> | undefined {
  return socket.closed ? undefined : once(socket, "close");
}

/** Whether what is said comes back. */
function answers(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve(false);
    socket.once("data", () => resolve(true)).once("close", () => resolve(false));
    socket.write("x");
  });
}

test("createConnections() lets those in who have a certificate, however many strangers come, and keeps them", () =>
  withConnections({ connectionsMax: 6, strangersMax: 3 }, async ({ stranger, known, isOpen }) => {
    const strangers = Array.from({ length: 3 }, stranger);
    await Promise.all(strangers.map((socket) => once(socket, "connect")));
    const first = await known();
    await gone(strangers[0] as Socket);
    for (let round = 0; round < 4; round++) strangers.push(...Array.from({ length: 5 }, stranger));
    const second = await known();
    assert.deepEqual(await Promise.all([first, second].map(isOpen)), [true, true]);
    // The second came last, and only then was known: that left room for one.
    await Promise.all(strangers.slice(0, -2).map(gone));
    assert.ok(strangers.slice(-2).every((socket) => !socket.closed));
  }));

test("createConnections() has a limit for all, and then who comes has to go", () =>
  withConnections({ connectionsMax: 2, strangersMax: 3 }, async ({ stranger, known, isOpen }) => {
    const all = [await known(), await known()];
    const late = stranger();
    await gone(late);
    assert.deepEqual(await Promise.all(all.map(isOpen)), [true, true]);
  }));

test("tlsOptions() gives a client seconds to shake hands", () => {
  const { handshakeTimeout } = tlsOptions({ key: serving.key, cert: serving.cert, clientCa: authority });
  assert.equal(handshakeTimeout, 10_000);
});
