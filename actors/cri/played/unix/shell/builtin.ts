import type { Running } from "../kernel/process.ts";
import type { Shell } from "./shell.ts";

/** A command that a shell carries out itself, for it changes the shell. */
export interface Builtin {
  readonly names: readonly string[];
  /** `words` are behind the name. */
  run(shell: Shell, words: readonly string[]): Running | number;
  /** Without words, its redirections are for good. */
  readonly keepsFiles?: boolean;
  /** What is assigned before it is for good. */
  readonly keepsVariables?: boolean;
  /** Smaller shells do not have it. Default false. */
  readonly isOfBash?: boolean;
}
