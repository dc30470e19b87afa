import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Says that there is nothing that could carry it. */
export const ping: Program = {
  names: ["ping", "ping6", "traceroute"],
  *run(self) {
    yield* complain(self, "kubetroupe carries TCP and UDP between pods and no ICMP, look with `nc -zv HOST PORT`");
    return 1;
  },
};
