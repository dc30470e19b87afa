import { print, programName } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

/** Programs that write lines in another order or form: `tac`, `rev`, `nl`, `paste`, `shuf`, and `more` and `less`, which show them. */
export const rearrange: Program = {
  names: ["tac", "rev", "nl", "paste", "shuf", "more", "less"],
  *run(self) {
    const program = programName(self);
    if (program === "paste") return yield* paste(self);
    const { flags, rest } = yield* argumentsOf(self, "b:n:s:w:FRSX");
    const { lines, hasFailed } = yield* linesOf(self, program === "shuf" ? rest.slice(0, 1) : rest);
    if (program === "tac") lines.reverse();
    if (program === "shuf") shuffle(self, lines);
    const most = program === "shuf" && flags.has("n") ? Number(flags.get("n")) : lines.length;
    let count = 0;
    for (const line of lines.slice(0, most)) {
      if (program === "nl") yield* print(self, line === "" ? "       \n" : `${String(++count).padStart(6)}\t${line}\n`);
      else yield* print(self, `${program === "rev" ? [...line].reverse().join("") : line}\n`);
    }
    return hasFailed ? 1 : 0;
  },
};

function shuffle({ kernel }: Process, lines: string[]): void {
  for (let left = lines.length; left > 1; left--) {
    const at = kernel.host.random.int(left);
    [lines[left - 1], lines[at]] = [lines[at] ?? "", lines[left - 1] ?? ""];
  }
}

function* paste(self: Process): Running {
  const { flags, rest } = yield* argumentsOf(self, "d:s");
  const mark = (flags.get("d") ?? "\t").replace("\\n", "\n").replace("\\t", "\t");
  const columns: string[][] = [];
  let status = 0;
  for (const name of rest.length === 0 ? ["-"] : rest) {
    const { lines, hasFailed } = yield* linesOf(self, [name]);
    columns.push(lines);
    if (hasFailed) status = 1;
  }
  const rows = flags.has("s")
    ? columns
    : Array.from({ length: Math.max(0, ...columns.map((lines) => lines.length)) }, (_, at) =>
        columns.map((lines) => lines[at] ?? ""),
      );
  for (const row of rows) yield* print(self, `${row.join(mark)}\n`);
  return status;
}
