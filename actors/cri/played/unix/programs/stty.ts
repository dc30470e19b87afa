import { complain, print } from "../kernel/io.ts";
import type { TerminalSettings } from "../kernel/open_file.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

/** Tells how a terminal is set, and sets it: its size, and whether what is typed is shown. */
export const stty: Program = {
  names: ["stty"],
  *run(self) {
    const words = self.argv.slice(1);
    const terminal = self.files.get(0)?.terminal;
    if (!terminal) return yield* refuse(self, "standard input: Inappropriate ioctl for device");
    const [first] = words;
    if (first === undefined || first === "-a") {
      yield* print(self, told(terminal, first === "-a"));
      return 0;
    }
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? "";
      const number = Number(words[at + 1]);
      if (word === "size") yield* print(self, `${terminal.rows} ${terminal.columns}\n`);
      else if (word === "echo" || word === "-echo") terminal.shows = word === "echo";
      else if (word === "sane") terminal.shows = true;
      else if (/^(rows|cols|columns)$/.test(word) && Number.isInteger(number) && number >= 0) {
        terminal[word === "rows" ? "rows" : "columns"] = number;
        at++;
      } else return yield* refuse(self, `invalid argument '${word}'`);
    }
    return 0;
  },
};

function* refuse(self: Process, why: string): Running {
  yield* complain(self, why);
  return 1;
}

function told({ rows, columns, shows }: TerminalSettings, isAll: boolean): string {
  const size = isAll ? `rows ${rows}; columns ${columns}; ` : "";
  return `speed 38400 baud; ${size}line = 0;\n${isAll || !shows ? `${shows ? "" : "-"}echo\n` : ""}`;
}
