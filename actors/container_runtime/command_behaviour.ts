import type { ImageBehaviour } from "./messages.ts";

const second = 1000;
const unitMs: Readonly<Record<string, number>> = { "": second, s: second, m: 60 * second, h: 3600 * second };

/**
 * What a command line does as far as the simulated runtime understands it: `sleep`, `exit`, `true`, `false`, `echo`,
 * alone or in sequence in a shell script. `undefined` for any other command: the image decides.
 */
export function commandBehaviour(words: readonly string[]): ImageBehaviour | undefined {
  const [program = "", flag = "", script = ""] = words;
  if (words.length === 0) return undefined;
  if (/(^|\/)(ba|da|a)?sh$/.test(program)) return /^-[a-z]*c$/.test(flag) ? scriptBehaviour(script) : undefined;
  return scriptBehaviour(words.join(" "));
}

function scriptBehaviour(script: string): ImageBehaviour | undefined {
  if (/^\s*(while true|while :|tail -f)/.test(script)) return {};
  let elapsedMs = 0;
  let exitCode = 0;
  const statements = script.split(/;|&&|\n/).map((statement) => statement.trim());
  for (const statement of statements.filter((text) => text !== "")) {
    const [word = "", argument = ""] = statement.split(/\s+/);
    exitCode = word === "false" ? 1 : 0;
    if (word === "sleep") {
      const durationMs = sleepMs(argument);
      if (durationMs === undefined) return {};
      elapsedMs += durationMs;
    } else if (word === "exit") {
      return { exitAfterMs: elapsedMs, exitCode: Number.parseInt(argument || "0", 10) & 0xff };
    } else if (word !== "echo" && word !== "true" && word !== "false") {
      return undefined;
    }
  }
  return { exitAfterMs: elapsedMs, exitCode };
}

/** `undefined` for a sleep without end. */
function sleepMs(argument: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(argument) ?? [];
  if (digits === undefined) return undefined;
  return Math.round(Number(digits) * (unitMs[unit] ?? second));
}
