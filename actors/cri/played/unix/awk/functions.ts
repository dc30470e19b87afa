import { randomFrom } from "../../../../../runtime/mod.ts";
import { type Expression as Pattern, search } from "../patterns/expression.ts";
import { outOfMemory, valueBytesMax } from "../shell/shell.ts";
import { AwkProblem } from "./lexer.ts";
import { places } from "./record.ts";
import { formatted, integerOf, numberOf, textOf, type Value } from "./values.ts";

/** Functions of awk that need nothing but their values. */
export const plainFunctions: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  int: ([value = 0]) => Math.trunc(numberOf(value)),
  sqrt: ([value = 0]) => Math.sqrt(numberOf(value)),
  exp: ([value = 0]) => Math.exp(numberOf(value)),
  log: ([value = 0]) => Math.log(numberOf(value)),
  sin: ([value = 0]) => Math.sin(numberOf(value)),
  cos: ([value = 0]) => Math.cos(numberOf(value)),
  atan2: ([y = 0, x = 0]) => Math.atan2(numberOf(y), numberOf(x)),
  and: ([a = 0, b = 0]) => Number(integerOf(a) & integerOf(b)),
  tolower: ([value = ""]) => textOf(value).toLowerCase(),
  toupper: ([value = ""]) => textOf(value).toUpperCase(),
  index: ([text = "", part = ""]) => textOf(text).indexOf(textOf(part)) + 1,
  sprintf: ([form = "", ...values]) => formatted(textOf(form), values),
  fflush: () => 0,
  close: () => 0,
  substr: ([text = "", from = 1, length]) => {
    const whole = textOf(text);
    const first = Math.round(numberOf(from));
    const behind = length === undefined ? whole.length + 1 : first + Math.round(numberOf(length));
    return whole.slice(Math.max(1, first) - 1, Math.max(0, behind - 1));
  },
};

/** What a pattern finds, replaced: `&` stands for it. */
export function replaced(
  text: string,
  { pattern, by, isGlobal }: { readonly pattern: Pattern; readonly by: string; readonly isGlobal: boolean },
): { readonly text: string; readonly count: number } {
  let made = "";
  let from = 0;
  let count = 0;
  for (const [begin, end] of places(pattern, text)) {
    // What is empty is not found behind what was found just before.
    if (begin === end && begin === from && count > 0) continue;
    const found = text.slice(begin, end);
    made += text.slice(from, begin) + by.replace(/\\(\\|&)|&/g, (mark) => (mark === "&" ? found : mark.slice(1)));
    if (made.length > valueBytesMax) outOfMemory();
    from = end;
    count++;
    if (!isGlobal) break;
  }
  return { text: made + text.slice(from), count };
}

/** Where a pattern is first found: from 1 on, 0 for nowhere; and how long that is. */
export function matched(text: string, pattern: Pattern): readonly [start: number, length: number] {
  const found = search(pattern, text);
  return found ? [found[0] + 1, found[1] - found[0]] : [0, -1];
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function createRandom() {
  let seed = 0;
  let random = randomFrom(seed);
  return {
    rand: () => random.float(),
    srand(next: number) {
      const before = seed;
      seed = next;
      random = randomFrom(Math.trunc(next) >>> 0);
      return before;
    },
  };
}

/** A function that nobody has defined. */
export function undefinedFunction(name: string): never {
  throw new AwkProblem(
    `Call to undefined function ${name} (kubetroupe plays this container and knows no such function)`,
  );
}
