import { connect } from "node:tls";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { type Server, withServer } from "../../properties/stages/devices/https_server.ts";

const { authority, serving } = certificates;
const tls = { key: serving.key, cert: serving.cert, clientCa: authority };
const handshake =
  "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

const farewell = "\x88\x02\x03\xe8";

/** What a client's TLS hands over, a record at a time, until the farewell. */
function records(server: Server): Promise<string[]> {
  return new Promise((resolve) => {
    const came: string[] = [];
    const trust = { ca: authority, servername: "localhost", checkServerIdentity: () => undefined };
    const socket = connect({ host: "127.0.0.1", port: server.port, ...trust }, () => socket.write(handshake));
    socket.on("data", (data: Buffer) => {
      came.push(data.toString("latin1"));
      if (!data.toString("latin1").endsWith(farewell)) return;
      socket.destroy();
      resolve(came);
    });
  });
}

test("createFramesOut() makes each message a TLS record of its own, and the handshake and the farewell too", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange }) => {
      void server.ask({ op: "accept", exchange, subprotocol: "" });
      for (const data of ["out", "status"]) void server.ask({ op: "send", exchange, data });
      void server.ask({ op: "send", exchange, data: "text", isText: true });
      void server.ask({ op: "close", exchange, code: 1000, reason: "" });
    };
    const [answer, ...frames] = await records(server);
    assert.match(answer ?? "", /^HTTP\/1\.1 101 .*\r\n\r\n$/s);
    assert.deepEqual(frames, ["\x82\x03out", "\x82\x06status", "\x81\x04text", farewell]);
  }, tls));
