import type { Invariant } from "../engine/invariant.ts";
import { linearizable } from "./_linearizable.ts";

/** Whichever replica clients ask, it is as if there were one store that did one thing at a time. */
export const storeIsLinearizable: Invariant = linearizable("the store is linearizable", "store");
