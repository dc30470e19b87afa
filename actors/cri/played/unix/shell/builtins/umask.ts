import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { shellComplains } from "../shell.ts";

/** Tells with which permissions files are made; nothing else can be chosen. */
export const umask: Builtin = {
  names: ["umask"],
  *run(shell, [mask]) {
    if (mask === undefined) {
      yield* print(shell.self, "0022\n");
      return 0;
    }
    if (/^0*22$/.test(mask)) return 0;
    yield* shellComplains(shell, `umask: ${mask}: kubetroupe plays this container, and its files are made with 0022`);
    return 1;
  },
};
