// Written by `npm run fix`: to add to this list, add a file to this folder.
import { store } from "./store.ts";

/** All that this folder has, by file name. */
export const all = [store] as const;
