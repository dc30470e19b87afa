import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { unescaped } from "./_escapes.ts";

/** Writes its words. */
export const echo: Program = {
  names: ["echo"],
  *run(self) {
    let words = self.argv.slice(1);
    let endsLine = true;
    let escapes = false;
    while (/^-[neE]+$/.test(words[0] ?? "")) {
      if (words[0]?.includes("n")) endsLine = false;
      if (words[0]?.includes("e")) escapes = true;
      if (words[0]?.includes("E")) escapes = false;
      words = words.slice(1);
    }
    const text = words.join(" ");
    const { bytes, isEnd } = escapes ? unescaped(text, /^0[0-7]{0,3}/) : { bytes: text, isEnd: false };
    yield* print(self, endsLine && !isEnd ? `${bytes}\n` : bytes);
    return 0;
  },
};
