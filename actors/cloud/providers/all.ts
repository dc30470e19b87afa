// Written by `npm run fix`: to add to this list, add a file to this folder.
import { aurora } from "./aurora.ts";
import { borealis } from "./borealis.ts";

/** All that this folder has, by file name. */
export const all = [aurora, borealis] as const;
