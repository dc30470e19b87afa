/** The mutation that this copy of the code was loaded with; undefined in sound code. Written by `load_mutated.ts`. */
export const loadedMutation: string | undefined = undefined;
