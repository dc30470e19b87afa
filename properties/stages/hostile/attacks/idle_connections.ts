import { type Attack, aborted } from "../attack.ts";
import { tlsConnection } from "../target.ts";

const connectionsMax = 500;

/** Connections on which nothing is said. */
export const idleConnections: Attack = {
  name: `${connectionsMax} idle connections`,
  who: "stranger",
  async run({ target, signal }) {
    const sockets = Array.from({ length: connectionsMax }, () => tlsConnection(target, "stranger"));
    await aborted(signal);
    for (const socket of sockets) socket.destroy();
  },
};
