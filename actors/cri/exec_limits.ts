/**
 * What a kernel takes for a program's arguments and variables: of a program that is given more, nothing runs.
 *
 * Source: execve(2), "Limits on size of arguments and environment", with a stack of 8 MiB and pages of 4 KiB.
 */
import type { ContainerConfig } from "./messages.ts";

/** `MAX_ARG_STRLEN`: one argument or variable, with the zero at its end. */
const entryBytesMax = 131_072;
/** A quarter of the stack: all arguments and variables, with a pointer to each. */
const argumentBytesMax = 2_097_152;
const pointerBytes = 8;

/** Whether what a container is started with is more than a program can be given (`E2BIG`). */
export function isArgumentListTooLong({
  command,
  args,
  env,
}: Pick<ContainerConfig, "command" | "args" | "env">): boolean {
  let total = 0;
  const isTooMuch = (chars: number, bytes: () => number): boolean => {
    // Bytes are counted only where the characters leave it open.
    const size = chars * 3 < entryBytesMax - 1 ? chars : bytes();
    total += size + 1 + pointerBytes;
    return size + 1 > entryBytesMax || total > argumentBytesMax;
  };
  const isWordTooMuch = (word: string) => isTooMuch(word.length, () => byteLength(word));
  return (
    command.some(isWordTooMuch) ||
    args.some(isWordTooMuch) ||
    Object.entries(env).some(([name, value]) => {
      return isTooMuch(name.length + 1 + value.length, () => byteLength(`${name}=${value}`));
    })
  );
}

function byteLength(text: string): number {
  // Longer than may be anyhow: not worth the copy.
  return text.length > entryBytesMax ? text.length : new TextEncoder().encode(text).length;
}
