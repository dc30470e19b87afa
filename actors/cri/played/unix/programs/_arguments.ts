import { ownValue } from "../../../../api/types.ts";
import { complain } from "../kernel/io.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";

/** A command line taken apart. */
export interface Arguments {
  /** The letters of the flags that were given, with their values; those without have `""`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Takes the words of a process apart: `letters` as for getopt, `ab:` has a flag `-a` and a `-b VALUE`. */
export function* argumentsOf(
  self: Process,
  letters: string,
  long: Readonly<Record<string, string>> = {},
): Running<Arguments> {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  const words = self.argv.slice(1);
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (word === "--") {
      rest.push(...words);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      rest.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const [name = "", value] = word.slice(2).split(/=([\s\S]*)/, 2);
      const letter = ownValue(long, name);
      if (letter === undefined) return yield* unknownOption(self, word);
      flags.set(letter, value ?? (letters.includes(`${letter}:`) ? (words.shift() ?? "") : ""));
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? "";
      const known = letters.indexOf(letter);
      if (known < 0 || letter === ":") return yield* unknownOption(self, `-${letter}`);
      if (letters[known + 1] !== ":") {
        flags.set(letter, "");
        continue;
      }
      const inline = word.slice(at + 1);
      if (inline === "" && words.length === 0) {
        yield* complain(self, `option requires an argument: -${letter}`);
        throw new ProcessExit(1);
      }
      flags.set(letter, inline === "" ? (words.shift() ?? "") : inline);
      break;
    }
  }
  return { flags, rest };
}

function* unknownOption(self: Process, option: string): Running<Arguments> {
  yield* complain(self, `unrecognized option: ${option} (kubetroupe plays this container and knows no such option)`);
  throw new ProcessExit(1);
}
