import { type Command, InvalidArgumentError } from "commander";
import type { DisplayStream } from "./display.ts";

/** Where a verb writes: results to one, all that is about the doing to the other. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: DisplayStream;
}

/** What a verb was called with. */
export interface Invocation<Options = Readonly<Record<string, unknown>>> {
  readonly args: readonly string[];
  readonly options: Options;
  /** What came after `--`; undefined when there was none. */
  readonly command: readonly string[] | undefined;
  readonly streams: Streams;
}

/** A verb of the command, a file each in `verbs/`. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** Whole command lines, with what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Whether it takes a command after `--`. Default false. */
  readonly takesCommand?: boolean;
  /** Adds its arguments and options. */
  declare(command: Command): void;
  /** Does it; the result is the exit code. */
  run(invocation: Invocation<never>): Promise<number>;
}

/** Exit codes: all is well; a property was broken, or something of ours failed; it was used wrongly. */
export const exitCodes = { good: 0, failed: 1, misused: 2, interrupted: 130 } as const;

/** Reads a whole number within bounds. */
export function wholeNumber({ least, most }: { readonly least: number; readonly most: number }) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least} upwards` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`give a whole number ${bounds}`);
  };
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads a duration: `90s`, `5m`, `1.5h`; without a unit, seconds. The result is in milliseconds. */
export function duration(text: string): number {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const valueMs = Number(number) * (unitsMs[unit] ?? Number.NaN);
  if (number !== "" && valueMs > 0) return valueMs;
  throw new InvalidArgumentError("give a duration such as 90s, 5m or 1.5h");
}
