import { complain, print, readAll, readSome } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** How numbers of some bytes are shown. */
interface Form {
  readonly bytes: number;
  /** Columns that one takes, with the space before it. */
  readonly width: number;
  readonly textOf: (number: number) => string;
}

const numbers = (bytes: number, base: 8 | 10 | 16): Form => {
  const digits = (256 ** bytes - 1).toString(base).length;
  const fill = base === 10 ? " " : "0";
  return { bytes, width: digits + 1, textOf: (number) => number.toString(base).padStart(digits, fill) };
};

const named: Readonly<Record<number, string>> = {
  ...{ 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" },
};
const character: Form = {
  ...{ bytes: 1, width: 4 },
  textOf: (byte) =>
    named[byte] ?? (byte > 31 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0")),
};

const letters: Readonly<Record<string, Form>> = {
  ...{ b: numbers(1, 8), c: character, d: numbers(2, 10), o: numbers(2, 8), x: numbers(2, 16) },
};

function formOf(type: string): Form | undefined {
  const [, letter = "", size = ""] = /^([cdoux])([124]?)z?$/.exec(type) ?? [];
  if (letter === "") return undefined;
  if (letter === "c") return character;
  return numbers(Number(size || 4), letter === "x" ? 16 : letter === "o" ? 8 : 10);
}

/** Shows bytes as numbers or characters, sixteen in a line: `-An` leaves out where they are, `-tx1` says how. */
export const od: Program = {
  names: ["od"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "A:t:N:j:w:vbcdox");
    const type = flags.get("t");
    const letter = Object.keys(letters).find((each) => flags.has(each)) ?? "o";
    const form = type === undefined ? letters[letter] : formOf(type);
    if (!form) {
      yield* complain(
        self,
        `invalid type string '${type}' (kubetroupe plays this container and knows c, d, o, u and x)`,
      );
      return 1;
    }
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    const from = Number(flags.get("j") ?? 0);
    const to = flags.has("N") ? from + Number(flags.get("N")) : Number.POSITIVE_INFINITY;
    let all = "";
    for (const { file } of inputs) {
      // Some files never end.
      if (to === Number.POSITIVE_INFINITY) all += yield* readAll(self, file);
      else for (let piece = "?"; piece !== "" && all.length < to; ) all += piece = yield* readSome(self, file);
    }
    const shown = all.slice(from, to);
    const base = { x: 16, d: 10 }[flags.get("A") ?? ""] ?? 8;
    const address = (at: number) => (flags.get("A") === "n" ? "" : (from + at).toString(base).padStart(7, "0"));
    const rowBytes = Number(flags.get("w") ?? 16) || 16;
    let before: string | undefined;
    let isTold = false;
    for (let at = 0; at < shown.length; at += rowBytes) {
      const row = shown.slice(at, at + rowBytes);
      const isAgain = row === before && row.length === rowBytes && !flags.has("v");
      if (!isAgain) yield* print(self, `${address(at)}${rowOf(row, form)}\n`);
      else if (!isTold) yield* print(self, "*\n");
      isTold = isAgain;
      before = row;
    }
    if (flags.get("A") !== "n") yield* print(self, `${address(shown.length)}\n`);
    return hasFailed ? 1 : 0;
  },
};

function rowOf(row: string, { bytes, width, textOf }: Form): string {
  let text = "";
  for (let at = 0; at < row.length; at += bytes) {
    let number = 0;
    for (let byte = bytes - 1; byte >= 0; byte--) number = number * 256 + (row.charCodeAt(at + byte) || 0);
    text += textOf(number).padStart(width);
  }
  return text;
}
