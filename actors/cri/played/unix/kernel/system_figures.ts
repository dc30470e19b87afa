/** What a played container's system says of itself where a real one would measure: the same for all. */
export const processors = 4;
/** What `free` and `top` take for a computer's memory. */
export const memoryBytes = 8 * 1024 ** 3;
/** How much of it is in use. */
export const memoryUsedBytes = 1024 ** 3;
/** What a file system's blocks are counted in. */
export const blockBytes = 1024;

/** A size as `-h` writes it: `1.5M`. */
export function humanSize(bytes: number): string {
  const units = ["", "K", "M", "G", "T"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return unit === 0 ? String(bytes) : `${amount.toFixed(1)}${units[unit]}`;
}
