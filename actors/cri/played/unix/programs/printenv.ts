import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Prints variables. */
export const printenv: Program = {
  names: ["printenv"],
  *run(self) {
    const names = self.argv.slice(1);
    if (names.length === 0) for (const [name, value] of self.env) yield* print(self, `${name}=${value}\n`);
    let status = 0;
    for (const name of names) {
      const value = self.env.get(name);
      if (value === undefined) status = 1;
      else yield* print(self, `${value}\n`);
    }
    return status;
  },
};
