import type { DeadLetters } from "./host.ts";

/** Mail that reached nobody, counted; the last few are kept. */
export interface DeadLetterBox {
  put(letter: DeadLetters["last"][number]): void;
  read(): DeadLetters;
}

const keptMax = 20;

/** Makes an empty box. */
export function createDeadLetterBox(): DeadLetterBox {
  const last: DeadLetters["last"][number][] = [];
  let count = 0;
  return {
    put(letter) {
      count++;
      last.push(letter);
      if (last.length > keptMax) last.shift();
    },
    read: () => ({ count, last: [...last] }),
  };
}

/** What several boxes hold together. */
export function joinDeadLetters(all: readonly DeadLetters[]): DeadLetters {
  const last = all.flatMap((each) => each.last).slice(-keptMax);
  return { count: all.reduce((sum, each) => sum + each.count, 0), last };
}
