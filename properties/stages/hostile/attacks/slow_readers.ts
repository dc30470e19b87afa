import { type Attack, pause } from "../attack.ts";
import { longList, makeLongObjects } from "../long_objects.ts";
import { tlsConnection } from "../target.ts";

const readersMax = 100;
const readBytes = 1_024;

/** Long lists that are taken a kilobyte at a time. */
export const slowReaders: Attack = {
  name: `${readersMax} slow readers of long lists`,
  who: "admin",
  async run({ target, signal }) {
    await makeLongObjects(target);
    const sockets = Array.from({ length: readersMax }, () => {
      const socket = tlsConnection(target, "admin").pause();
      socket.once("secureConnect", () => socket.write(`GET ${longList} HTTP/1.1\r\nHost: x\r\n\r\n`));
      return socket;
    });
    while (!signal.aborted) {
      for (const socket of sockets) socket.read(readBytes);
      await pause(100, signal);
    }
    for (const socket of sockets) socket.destroy();
  },
};
