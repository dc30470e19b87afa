import { print } from "../../kernel/io.ts";
import type { Process } from "../../kernel/process.ts";
import { type SignalName, signalNamed } from "../../kernel/signals.ts";
import type { Builtin } from "../builtin.ts";
import { shellComplains } from "../shell.ts";

/** `trap` says what is done when a signal comes, or at the end. */
export const trap: Builtin = {
  names: ["trap"],
  *run(shell, words) {
    const given = words[0] === "--" ? words.slice(1) : words;
    if (given.length === 0) {
      for (const [name, text] of shell.traps) {
        yield* print(shell.self, `trap -- '${text.replaceAll("'", "'\"'\"'")}' ${name}\n`);
      }
      return 0;
    }
    const isReset = given.length === 1 || given[0] === "-" || /^\d+$/.test(given[0] ?? "");
    const text = isReset ? undefined : given[0];
    const names = isReset && given[0] !== "-" ? given : given.slice(1);
    for (const name of names) {
      const signal = name === "0" || name === "EXIT" ? "EXIT" : signalNamed(name);
      if (signal === undefined) {
        yield* shellComplains(shell, `trap: ${name}: invalid signal specification`);
        return 1;
      }
      if (text === undefined) shell.traps.delete(signal);
      else shell.traps.set(signal, text);
      if (signal !== "EXIT") setHandler(shell.self.handlers, signal, text);
    }
    return 0;
  },
};

function setHandler(handlers: Process["handlers"], signal: SignalName, text: string | undefined): void {
  if (text === undefined) handlers.delete(signal);
  else handlers.set(signal, text === "" ? "ignore" : "catch");
}
