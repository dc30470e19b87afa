import type { Attack } from "../attack.ts";
import { floodHttp2 } from "../http2_flood.ts";

/** Everything that HTTP/2's frames can be and should not, from those who have a certificate. */
export const http2FramesOfClients: Attack = {
  name: "HTTP/2 frames of clients",
  who: "admin",
  run: (attacker) => floodHttp2(attacker, "admin"),
};
