import { complain, print } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { unescaped } from "./_escapes.ts";
import { converted, padded } from "./_value_forms.ts";

const widthMax = 10_000;

/** Writes words in a form. */
export const printf: Program = {
  names: ["printf"],
  *run(self) {
    const words = self.argv.slice(self.argv[1] === "--" ? 2 : 1);
    const [form, ...values] = words;
    if (form === undefined) {
      yield* complain(self, "usage: printf FORMAT [ARG]...");
      return 2;
    }
    let status = 0;
    do {
      const before = values.length;
      const outcome = yield* writeForm(self, form, values);
      if (outcome === "end") return status;
      if (outcome === "bad") status = 1;
      if (values.length === before) break;
    } while (values.length > 0);
    return status;
  },
};

function* writeForm(self: Process, form: string, values: string[]): Running<"done" | "end" | "bad"> {
  let outcome: "done" | "bad" = "done";
  const pieces = /%%|%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?([diouxXcsbeEfgG])|[^%]+|%/g;
  for (const [piece, flags = "", width, precision, kind] of form.matchAll(pieces)) {
    if (kind === undefined) {
      const { bytes, isEnd } = piece === "%%" ? { bytes: "%", isEnd: false } : unescaped(piece, /^[0-7]{1,3}/);
      yield* print(self, bytes);
      if (isEnd) return "end";
      continue;
    }
    const size = (given: string | undefined) => (given === "*" ? Number(values.shift() ?? 0) : Number(given ?? 0));
    const wide = Math.min(widthMax, Math.abs(size(width)) || 0);
    const exact = precision === undefined ? undefined : Math.min(widthMax, size(precision) || 0);
    const value = values.shift();
    if (kind === "b") {
      const { bytes, isEnd } = unescaped(value ?? "", /^0?[0-7]{1,3}/);
      yield* print(self, padded(bytes, flags, wide));
      if (isEnd) return "end";
      continue;
    }
    const text = converted(kind, value, { exact, flags });
    if (text === undefined) {
      yield* complain(self, `invalid number '${value}'`);
      outcome = "bad";
    }
    yield* print(self, padded(text ?? "0", kind === "s" || kind === "c" ? flags.replace("0", "") : flags, wide));
  }
  return outcome;
}
