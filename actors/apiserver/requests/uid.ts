import type { Random } from "../../../runtime/mod.ts";

/** A random UUID (version 4) from a step's random numbers. */
export function uuid(random: Random): string {
  const hex = (digits: number) =>
    random
      .int(16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  const variant = (8 + random.int(4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}
