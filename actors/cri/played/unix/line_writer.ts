import type { OpenFile } from "./kernel/open_file.ts";

/** A line that does not end is told of in pieces of this size, as container runtimes do. */
const lineBytesMax = 16_384;

/** An open file that tells of what is written to it line by line; a piece that no end of line follows is partial. */
export function lineWriter(tell: (line: string, isPartial: boolean) => void): {
  readonly file: OpenFile;
  flush(): void;
} {
  let rest = "";
  return {
    file: {
      ...{ holders: 1, canRead: false, canWrite: true },
      read: () => "",
      write(bytes) {
        const lines = (rest + bytes).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) tell(line, false);
        while (rest.length >= lineBytesMax) {
          tell(rest.slice(0, lineBytesMax), true);
          rest = rest.slice(lineBytesMax);
        }
        return bytes.length;
      },
    },
    flush() {
      if (rest !== "") tell(rest, true);
      rest = "";
    },
  };
}
