import type { OpenFile } from "./kernel/open_file.ts";

/** A line that does not end is told of in pieces of this size, as container runtimes do. */
const lineBytesMax = 16_384;

/** How long a line may still be ended before its beginning is told of: programs write the two apart. */
const restMs = 20;

/** Who hears of lines, and what wakes the writer. */
export interface LineWriterHost {
  tell(line: string, isPartial: boolean): void;
  later(delayMs: number, body: () => void): void;
}

/**
 * An open file that tells of what is written to it line by line; a piece that no end of line follows is partial, and
 * told of soon: a file that ends without one, or a question, can be read while its process goes on.
 */
export function lineWriter({ tell, later }: LineWriterHost): { readonly file: OpenFile; flush(): void } {
  let rest = "";
  let isAwaited = false;

  function flush(): void {
    if (rest !== "") tell(rest, true);
    rest = "";
  }

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
        if (rest !== "" && !isAwaited) {
          isAwaited = true;
          later(restMs, () => {
            isAwaited = false;
            flush();
          });
        }
        return bytes.length;
      },
    },
    flush,
  };
}
