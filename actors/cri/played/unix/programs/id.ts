import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says who a process runs as. */
export const id: Program = {
  names: ["id"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "ugnrG");
    const { uid, gid } = self.user;
    const named = (number: number) => (number === 0 ? `${number}(root)` : String(number));
    const short = (number: number) => (flags.has("n") && number === 0 ? "root" : String(number));
    const text = flags.has("u") ? short(uid) : flags.has("g") || flags.has("G") ? short(gid) : undefined;
    yield* print(self, `${text ?? `uid=${named(uid)} gid=${named(gid)} groups=${named(gid)}`}\n`);
    return 0;
  },
};
