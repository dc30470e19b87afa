import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Lists the processes that are seen from the container. */
export const ps: Program = {
  names: ["ps"],
  *run(self) {
    yield* print(self, "PID   USER     TIME  COMMAND\n");
    for (const { pid, user, argv } of self.kernel.visible()) {
      const who = user.uid === 0 ? "root" : String(user.uid);
      yield* print(self, `${String(pid).padStart(5)} ${who.padEnd(8)}  0:00 ${argv.join(" ").replaceAll("\n", " ")}\n`);
    }
    return 0;
  },
};
