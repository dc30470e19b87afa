import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** What is written at once. */
const pieceBytes = 4_096;

/** Says the same again and again. */
export const yes: Program = {
  names: ["yes"],
  *run(self) {
    const line = `${self.argv.slice(1).join(" ") || "y"}\n`;
    const text = line.repeat(Math.ceil(pieceBytes / line.length));
    for (;;) yield* print(self, text);
  },
};
