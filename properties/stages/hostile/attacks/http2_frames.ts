import type { Attack } from "../attack.ts";
import { floodHttp2 } from "../http2_flood.ts";

/** Everything that HTTP/2's frames can be and should not, from those who have no certificate. */
export const http2Frames: Attack = {
  name: "HTTP/2 frames",
  who: "stranger",
  run: (attacker) => floodHttp2(attacker, "stranger"),
};
