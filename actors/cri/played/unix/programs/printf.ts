import { complain, print } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { unescaped } from "./_escapes.ts";

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

function converted(
  kind: string,
  value = "",
  { exact, flags }: { readonly exact: number | undefined; readonly flags: string },
): string | undefined {
  if (kind === "s") return exact === undefined ? value : value.slice(0, exact);
  if (kind === "c") return value.slice(0, 1);
  const isCharacter = /^["']/.test(value);
  if (/[eEfgG]/.test(kind)) {
    const number = value === "" ? 0 : Number(value);
    if (Number.isNaN(number)) return undefined;
    const digits = Math.min(100, exact ?? 6);
    if (kind === "e" || kind === "E") return number.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
    return kind === "f"
      ? signed(number.toFixed(digits), flags)
      : String(Number(number.toPrecision(Math.max(1, digits))));
  }
  if (!isCharacter && !/^\s*[+-]?(0[xX][\da-fA-F]+|\d+)$/.test(value) && value !== "") return undefined;
  const number = isCharacter ? BigInt(value.charCodeAt(1) || 0) : integerOf(value);
  const base = { o: 8, x: 16, X: 16 }[kind] ?? 10;
  const unsigned = "ouxX".includes(kind) ? BigInt.asUintN(64, number) : number;
  const digits = (unsigned < 0n ? -unsigned : unsigned).toString(base).padStart(exact ?? 0, "0");
  const text = (unsigned < 0n ? "-" : "") + digits;
  return kind === "X" ? text.toUpperCase() : signed(text, flags);
}

function integerOf(value: string): bigint {
  const text = value.trim();
  const digits = text.replace(/^[+-]/, "").slice(0, 40);
  const number = digits === "" ? 0n : BigInt(/^0\d/.test(digits) && !/[89]/.test(digits) ? `0o${digits}` : digits);
  return text.startsWith("-") ? -number : number;
}

function signed(text: string, flags: string): string {
  if (text.startsWith("-")) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || text.length >= width) return text.padStart(width);
  const sign = /^[+-]/.test(text) ? (text[0] ?? "") : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
