import { readAll } from "../../kernel/io.ts";
import { setElements } from "../arrays.ts";
import type { Builtin } from "../builtin.ts";

/** Reads lines into an array. */
export const mapfile: Builtin = {
  names: ["mapfile", "readarray"],
  isOfBash: true,
  *run(shell, words) {
    const stripsEnds = words.includes("-t");
    const name = words.find((word) => !word.startsWith("-")) ?? "MAPFILE";
    const text = yield* readAll(shell.self, shell.self.files.get(0));
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const values = stripsEnds ? lines.map((line) => line.replace(/\n$/, "")) : lines;
    setElements(shell, name, new Map(values.map((line, index) => [String(index), line])));
    return 0;
  },
};
