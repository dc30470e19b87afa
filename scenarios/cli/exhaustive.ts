import { InputError } from "../cluster/input_error.ts";
import { exitCodes, type Streams } from "./verb.ts";

/** What is to be tried as a whole. */
export interface ExhaustiveOptions {
  readonly world: string;
  /** It ends with so many states, tried out or not. */
  readonly states: number;
}

/** Tries all that small worlds can come to, and tells of each how much that was, as soon as it is known. */
export async function tryAll({ world, states }: ExhaustiveOptions, { stdout }: Streams): Promise<number> {
  const { smallWorlds } = await import("../../properties/exhaustive/worlds.ts");
  const chosen = smallWorlds.filter(({ name }) => name === world);
  if (chosen.length === 0) {
    const names = [...new Set(smallWorlds.map(({ name }) => name))].join(", ");
    throw new InputError(`Cannot try all of "${world}": there is no such small world, use ${names}`);
  }
  for (const { name, bounds, explore } of chosen) {
    const { states: tried, transitions, spared, depthMax, isComplete, found } = explore(states);
    const extent = isComplete ? "all of it" : found ? "until it broke" : `a part of it, as --states ${states} says`;
    stdout.write(
      `${name}: ${bounds}: ${extent}: ${tried} states, ${transitions} transitions, up to ${depthMax} in a row, ${spared} spared as their order makes no difference\n`,
    );
    if (!found) continue;
    stdout.write(`${found.details}\n${found.path.map((each) => `  ${each}`).join("\n")}\n`);
    return exitCodes.failed;
  }
  stdout.write("All rules held\n");
  return exitCodes.good;
}
