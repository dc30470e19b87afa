import type { Shell } from "../shell.ts";

const builtinNames = new Set(
  ": . break cd command continue eval exec exit export local read readonly return set shift source trap type unset wait".split(
    " ",
  ),
);

/** What a name is to a shell that is no program. */
export function kindOf(shell: Shell, name: string): string | undefined {
  if (shell.functions.has(name)) return "a function";
  return builtinNames.has(name) ? "a shell builtin" : undefined;
}
