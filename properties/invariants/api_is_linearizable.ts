import type { Invariant } from "../engine/invariant.ts";
import { linearizable } from "./_linearizable.ts";

/**
 * Whichever API server clients ask, gets and lists show the newest state, and a write that is based on another version
 * is refused.
 */
export const apiIsLinearizable: Invariant = linearizable("the API is linearizable", "api");
