const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** What backslashes of `echo -e` and `printf` make; `isEnd` after `\c`: nothing more is written. */
export function unescaped(text: string, octal: RegExp): { readonly bytes: string; readonly isEnd: boolean } {
  let bytes = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    const next = text[at + 1];
    if (char !== "\\" || next === undefined) {
      bytes += char;
      continue;
    }
    if (next === "c") return { bytes, isEnd: true };
    const rest = text.slice(at + 1, at + 6);
    const [digits] = octal.exec(rest) ?? [];
    const [hex] = /^x[\da-fA-F]{1,2}/.exec(rest) ?? [];
    if (digits !== undefined) {
      bytes += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      at += digits.length;
    } else if (hex !== undefined) {
      bytes += String.fromCharCode(Number.parseInt(hex.slice(1), 16));
      at += hex.length;
    } else {
      bytes += simple[next] ?? char + next;
      at++;
    }
  }
  return { bytes, isEnd: false };
}
