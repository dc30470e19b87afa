import type { ImageBehaviour } from "./messages.ts";

const second = 1000;
const unitMs: Readonly<Record<string, number>> = { "": second, s: second, m: 60 * second, h: 3600 * second };

/** A line that a command line writes, and how long after its start. */
export interface CommandLine {
  readonly afterMs: number;
  readonly text: string;
}

/**
 * What a command line does as far as the simulated runtime understands it: `sleep`, `exit`, `true`, `false`, `echo`,
 * alone or in sequence in a shell script. `undefined` for any other command: the image decides.
 */
export function commandBehaviour(words: readonly string[]): ImageBehaviour | undefined {
  const script = scriptOf(words);
  return script === undefined ? undefined : play(script).behaviour;
}

/** What a command line writes with `echo`, as far as `commandBehaviour` understands it. */
export function commandOutput(words: readonly string[]): readonly CommandLine[] {
  const script = scriptOf(words);
  return script === undefined ? [] : play(script).lines;
}

function scriptOf(words: readonly string[]): string | undefined {
  const [program = "", flag = "", script = ""] = words;
  if (words.length === 0) return undefined;
  if (!/(^|\/)(ba|da|a)?sh$/.test(program)) return words.join(" ");
  return /^-[a-z]*c$/.test(flag) ? script : undefined;
}

interface Played {
  readonly behaviour: ImageBehaviour | undefined;
  readonly lines: readonly CommandLine[];
}

function play(script: string): Played {
  const lines: CommandLine[] = [];
  if (/^\s*(while true|while :|tail -f)/.test(script)) return { behaviour: {}, lines };
  let elapsedMs = 0;
  let exitCode = 0;
  const statements = script.split(/;|&&|\n/).map((statement) => statement.trim());
  for (const statement of statements.filter((text) => text !== "")) {
    const [word = "", argument = ""] = statement.split(/\s+/);
    exitCode = word === "false" ? 1 : 0;
    if (word === "sleep") {
      const durationMs = sleepMs(argument);
      if (durationMs === undefined) return { behaviour: {}, lines };
      elapsedMs += durationMs;
    } else if (word === "exit") {
      return { behaviour: { exitAfterMs: elapsedMs, exitCode: Number.parseInt(argument || "0", 10) & 0xff }, lines };
    } else if (word === "echo") {
      // What is redirected is not seen.
      if (!/[>|]/.test(statement)) lines.push({ afterMs: elapsedMs, text: echoed(statement.slice(word.length)) });
    } else if (word !== "true" && word !== "false") {
      return { behaviour: undefined, lines };
    }
  }
  return { behaviour: { exitAfterMs: elapsedMs, exitCode }, lines };
}

function echoed(words: string): string {
  return words
    .trim()
    .replace(/^-[en]+\s+/, "")
    .replace(/"([^"]*)"|'([^']*)'/g, "$1$2");
}

/** `undefined` for a sleep without end. */
function sleepMs(argument: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(argument) ?? [];
  if (digits === undefined) return undefined;
  return Math.round(Number(digits) * (unitMs[unit] ?? second));
}
