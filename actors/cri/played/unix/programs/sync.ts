import type { Program } from "../kernel/process.ts";

/** Waits until all is written: here it always is. */
export const sync: Program = { names: ["sync"], run: () => 0 };
