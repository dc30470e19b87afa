/** A value in one of the forms of `printf`; `undefined`: it is no number, and should be. */
export function converted(
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
    return signed(kind === "f" ? number.toFixed(digits) : general(number, Math.max(1, digits)), flags);
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

/** A text in a field of a width, as the flags of its form say. */
export function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || text.length >= width) return text.padStart(width);
  const sign = /^[+-]/.test(text) ? (text[0] ?? "") : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

/** A number with so many digits that count, as `%g` has it: `0.1`, `1e+06`. */
export function general(number: number, digits: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number < 0 ? "-inf" : "inf";
  const [, mantissa = "0", exponent = "0"] = /^(.*)e(.*)$/.exec(number.toExponential(digits - 1)) ?? [];
  const power = Number(exponent);
  if (power >= -4 && power < digits) return trimmed(number.toFixed(Math.min(100, digits - 1 - power)));
  return `${trimmed(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function trimmed(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
