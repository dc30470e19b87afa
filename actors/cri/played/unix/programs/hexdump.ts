import { print, readAll } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** Shows bytes: in twos, or with `-C` each with the letters beside them. */
export const hexdump: Program = {
  names: ["hexdump", "hd"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "Cvn:s:");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    let bytes = "";
    for (const { file } of inputs) bytes += yield* readAll(self, file);
    const from = Number(flags.get("s") ?? 0);
    const shown = bytes.slice(from, flags.has("n") ? from + Number(flags.get("n")) : undefined);
    const isCanonical = flags.has("C") || self.argv[0]?.endsWith("hd");
    const width = isCanonical ? 8 : 7;
    const address = (at: number) => at.toString(16).padStart(width, "0");
    let before: string | undefined;
    let isTold = false;
    for (let at = 0; at < shown.length; at += 16) {
      const row = shown.slice(at, at + 16);
      if (row === before && !flags.has("v")) {
        // Rows that are like the one before are shown as one star.
        if (!isTold) yield* print(self, "*\n");
        isTold = true;
        continue;
      }
      isTold = false;
      before = row;
      yield* print(self, `${address(from + at)} ${isCanonical ? canonical(row) : inTwos(row)}\n`);
    }
    if (shown !== "") yield* print(self, `${address(from + shown.length)}\n`);
    return hasFailed ? 1 : 0;
  },
};

const hex = (byte: string) => byte.charCodeAt(0).toString(16).padStart(2, "0");

function canonical(row: string): string {
  const halves = [row.slice(0, 8), row.slice(8)].map((half) =>
    [...half]
      .map((byte) => ` ${hex(byte)}`)
      .join("")
      .padEnd(24),
  );
  return `${halves.join(" ")}  |${row.replace(/[^ -~]/g, ".")}|`;
}

function inTwos(row: string): string {
  const twos = row.match(/[\s\S]{1,2}/g) ?? [];
  return twos.map((two) => hex(two[1] ?? "\0") + hex(two[0] ?? "\0")).join(" ");
}
