/** Where a display writes: standard error, or a stand-in. */
export interface DisplayStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A few lines that change while something goes on. */
export interface Display {
  /** Sets a line; a key's first line comes below all others. `isFinal` lines are also written where nothing moves. */
  set(key: string, text: string, options?: { readonly isFinal?: boolean }): void;
  /** Writes a line that stays, above those that change. */
  note(text: string): void;
  /** Leaves the lines as they are: what is written from now on comes below them. */
  end(): void;
}

const control = "\u001b[";
const clearBelow = `${control}J`;
const columnsDefault = 80;

/** Makes a display: on a terminal its lines are rewritten in place, elsewhere each final line is written once. */
export function createDisplay(stream: DisplayStream): Display {
  return stream.isTTY ? movingDisplay(stream) : plainDisplay(stream);
}

function movingDisplay(stream: DisplayStream): Display {
  const lines = new Map<string, string>();
  let drawn = 0;

  function draw(above = "") {
    const up = drawn > 0 ? `${control}${drawn}A\r` : "\r";
    // A line that wraps would move all others; some terminals say that they have no columns.
    const width = (stream.columns || columnsDefault) - 1;
    const text = [...lines.values()].map((line) => `${line.slice(0, width)}\n`).join("");
    stream.write(`${up}${clearBelow}${above}${text}`);
    drawn = lines.size;
  }

  return {
    set(key, text) {
      if (lines.get(key) === text) return;
      lines.set(key, text);
      draw();
    },
    note: (text) => draw(`${text}\n`),
    end() {
      lines.clear();
      drawn = 0;
    },
  };
}

function plainDisplay(stream: DisplayStream): Display {
  const written = new Map<string, string>();
  return {
    set(key, text, { isFinal = false } = {}) {
      if (!isFinal || written.get(key) === text) return;
      written.set(key, text);
      stream.write(`${text}\n`);
    },
    note: (text) => void stream.write(`${text}\n`),
    end: () => written.clear(),
  };
}
