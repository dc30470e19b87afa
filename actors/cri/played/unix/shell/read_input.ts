import { writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import type { Running } from "../kernel/process.ts";
import { statusOfSignal } from "../kernel/signals.ts";
import { parseScript } from "./parser.ts";
import { promptOf } from "./prompt.ts";
import { Interrupt, LoopJump, outOfMemory, type Shell, shellComplains, valueBytesMax } from "./shell.ts";
import { type Script, SyntaxProblem } from "./syntax.ts";
import { runTraps } from "./traps.ts";

/**
 * Runs the commands that a shell reads, each as soon as its last line is there: what is behind it is for the commands
 * themselves. Who types them is asked for each.
 */
export function* runInput(shell: Shell, file: OpenFile): Running {
  const { self, isInteractive } = shell;
  const say = (text: string) => writeTo(self, self.files.get(2), text);
  if (isInteractive) for (const name of ["INT", "QUIT"] as const) self.handlers.set(name, "catch");
  let text = "";
  for (;;) {
    try {
      if (isInteractive) yield* say(promptOf(shell, text !== ""));
      const line = yield* readLine(shell, file);
      if (line === "") {
        if (isInteractive && text === "") yield* say("\n");
        return text === "" ? shell.status : yield* shell.evaluator.runText(shell, text);
      }
      text += line;
      if (text.length > valueBytesMax) outOfMemory();
      const parsed = parse(text, shell.isBash);
      if (self.kernel.spend(1 + text.length / 64)) yield turn;
      if (parsed === "unfinished") continue;
      text = "";
      if ("problem" in parsed) {
        yield* shellComplains(shell, `syntax error: ${parsed.problem}`);
        shell.status = 2;
        if (!isInteractive) return 2;
      } else shell.status = yield* shell.evaluator.run(shell, parsed.script, false);
    } catch (error) {
      if (error instanceof Interrupt) {
        yield* say("\n");
        text = "";
        shell.status = statusOfSignal("INT");
      } else if (!(error instanceof LoopJump)) throw error;
    }
  }
}

/** Reads a line with its end, a byte at a time; `""` when there is none. */
function* readLine(shell: Shell, file: OpenFile): Running<string> {
  const { self, isInteractive } = shell;
  let line = "";
  for (;;) {
    const isInterrupted = isInteractive && self.pending.includes("INT");
    if (isInteractive) yield* runTraps(shell);
    if (isInterrupted) throw new Interrupt();
    const char = file.read(1);
    if (self.kernel.spend(1 / 8)) yield turn;
    if (char === undefined) yield { on: file.readable ? [file.readable] : [] };
    else line += char;
    if (char === "" || char === "\n") return line;
    if (line.length > valueBytesMax) outOfMemory();
  }
}

function parse(
  text: string,
  isBash: boolean,
): "unfinished" | { readonly script: Script } | { readonly problem: string } {
  // The next line belongs to this one.
  if (/(?:^|[^\\])(?:\\\\)*\\\n$/.test(text.slice(-1024))) return "unfinished";
  try {
    return { script: parseScript(text, { goesOn: true, isBash }) };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return error.isUnfinished ? "unfinished" : { problem: error.message };
  }
}
