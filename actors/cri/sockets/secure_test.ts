import { assert, test } from "../../../properties/house/test.ts";
import { helloText } from "../../network/tls/hello.ts";
import type { Socket, SocketOwner } from "./open_socket.ts";
import { acceptSecurely, connectSecurely } from "./secure.ts";

/** Both ends of a connection, whose bytes come in pieces of so many. */
function pair(pieceBytes: number, server: (socket: Socket) => SocketOwner) {
  const said: string[] = [];
  const todo: (() => void)[] = [];
  const later = (body: () => void) => void todo.push(body);
  const socketTo = (who: () => SocketOwner, name: string): Socket => ({
    write(data, end) {
      for (let at = 0; at < data.length; at += pieceBytes)
        later(() => who().data(data.slice(at, at + pieceBytes), false));
      if (end) later(() => who().data("", true));
    },
    taken() {},
    reset() {
      said.push(`${name} reset`);
      later(() => who().reset());
    },
    abandon() {},
  });
  let client: SocketOwner | undefined;
  const owner: SocketOwner = server(socketTo(() => client ?? owner, "server"));
  const connect = (whose: SocketOwner) => {
    client = whose;
    return socketTo(() => owner, "client");
  };
  const begin = () => {
    client?.connected?.({ ip: "10.0.0.1", port: 443 });
    for (let next = todo.shift(); next; next = todo.shift()) next();
  };
  return { said, connect, begin };
}

function talk(pieceBytes: number, fault?: "CERT_HAS_EXPIRED") {
  const { said, connect, begin } = pair(pieceBytes, (socket) =>
    acceptSecurely(socket, { certificates: (name) => `of ${name}` }, () => ({
      data(data, end) {
        said.push(`server got ${data}${end ? "." : ""}`);
        if (data === "d") socket.write("yes", true);
      },
      drained() {},
      reset: () => void said.push("server's owner reset"),
    })),
  );
  const socket = connectSecurely(
    connect,
    {
      serverName: "web",
      judge(shown) {
        said.push(`shown ${shown}`);
        return fault && { code: fault, message: "" };
      },
      refused: ({ code }) => void said.push(`refused ${code}`),
    },
    {
      data: (data, end) => void said.push(`client got ${data}${end ? "." : ""}`),
      drained() {},
      reset() {},
      connected: () => socket.write("d", false),
    },
  );
  begin();
  return said;
}

test("both ends of a secured connection see what the other has said, however its bytes come", () => {
  assert.deepEqual(talk(1_000), ["shown of web", "server got d", "client got yes", "client got ."]);
  assert.deepEqual(talk(1), [
    "shown of web",
    "server got d",
    "client got y",
    "client got e",
    "client got s",
    "client got .",
  ]);
});

test("a client that does not trust what it is shown breaks the connection before it says anything", () => {
  assert.deepEqual(talk(7, "CERT_HAS_EXPIRED"), [
    "shown of web",
    "client reset",
    "refused CERT_HAS_EXPIRED",
    "server's owner reset",
  ]);
});

test("who speaks no TLS is told so by the server, and seen by the client", () => {
  const told: string[] = [];
  const socket: Socket = {
    write: (data, end) => void told.push(`${data}${end ? "." : ""}`),
    ...{ taken() {}, reset: () => void told.push("reset"), abandon() {} },
  };
  const accept = () => assert.fail("nobody came");
  acceptSecurely(socket, { certificates: () => "", plainAnswer: "plain" }, accept).data("GET / HTTP/1.1\r\n", false);
  acceptSecurely(socket, { certificates: () => "", plainAnswer: "plain" }, accept).data(
    "\x16\x03\x01\x02\x00\x01",
    false,
  );
  let heard: SocketOwner | undefined;
  const refused = ({ code }: { readonly code: string }) => void told.push(code);
  const connect = (owner: SocketOwner) => {
    heard = owner;
    return socket;
  };
  const owner = { data: accept, drained() {}, reset() {}, connected: accept };
  connectSecurely(connect, { serverName: "w", judge: () => undefined, refused }, owner);
  heard?.connected?.({ ip: "", port: 0 });
  heard?.data("HTTP/1.1 400 Bad Request\r\n\r\n", false);
  assert.deepEqual(told, ["plain.", "reset", helloText({ serverName: "w" }), "reset", "EPROTO"]);
});
