import { ownValue } from "../../../../api/types.ts";
import { complain, print, readSome } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { unescaped } from "./_escapes.ts";

/** Puts characters in the place of others, or takes them out. */
export const tr: Program = {
  names: ["tr"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "dscC");
    const [first, second] = rest.map(charactersOf);
    if (first === undefined) {
      yield* complain(self, "missing operand");
      return 1;
    }
    const isComplement = flags.has("c") || flags.has("C");
    const isFound = (char: string) => first.includes(char) !== isComplement;
    const table = new Map(
      [...first].map((char, index) => [char, second?.[Math.min(index, second.length - 1)] ?? char]),
    );
    const squeezed = flags.has("s") ? (second ?? first) : "";
    const isSqueezed = (char: string) =>
      second === undefined ? flags.has("s") && isFound(char) : squeezed.includes(char);
    let last = "";
    for (
      let bytes = yield* readSome(self, self.files.get(0));
      bytes !== "";
      bytes = yield* readSome(self, self.files.get(0))
    ) {
      let text = "";
      for (const char of bytes) {
        if (flags.has("d") && isFound(char)) continue;
        const isReplaced = !flags.has("d") && second !== undefined && isFound(char);
        const out = isReplaced ? (isComplement ? (second.at(-1) ?? char) : (table.get(char) ?? char)) : char;
        if (out === last && isSqueezed(out)) continue;
        last = out;
        text += out;
      }
      yield* print(self, text);
    }
    return 0;
  },
};

const classes: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  blank: " \t",
  digit: "0-9",
  lower: "a-z",
  punct: "!-/:-@[-`{-~",
  space: " \t\n\r\v\f",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

function charactersOf(given: string): string {
  const named = given.replace(/\[:(\w+):\]/g, (whole, name: string) => ownValue(classes, name) ?? whole);
  const { bytes } = unescaped(named, /^[0-7]{1,3}/);
  let found = "";
  for (let at = 0; at < bytes.length; at++) {
    const [from, to] = [bytes.charCodeAt(at), bytes.charCodeAt(at + 2)];
    if (bytes[at + 1] !== "-" || Number.isNaN(to)) {
      found += bytes[at];
      continue;
    }
    for (let code = from; code <= to; code++) found += String.fromCharCode(code);
    at += 2;
  }
  return found;
}
