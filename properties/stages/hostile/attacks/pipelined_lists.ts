import { type Attack, aborted } from "../attack.ts";
import { longList, makeLongObjects } from "../long_objects.ts";
import { tlsConnection } from "../target.ts";

const connectionsMax = 20;
const requestsMax = 2_000;

/** Thousands of requests on a connection, of which nobody reads the answers. */
export const pipelinedLists: Attack = {
  name: "pipelined lists that nobody reads",
  who: "admin",
  async run({ target, signal }) {
    await makeLongObjects(target);
    const requests = `GET ${longList}?limit=2 HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(requestsMax);
    const sockets = Array.from({ length: connectionsMax }, () => {
      const socket = tlsConnection(target, "admin").pause();
      socket.once("secureConnect", () => socket.write(requests));
      return socket;
    });
    await aborted(signal);
    for (const socket of sockets) socket.destroy();
  },
};
