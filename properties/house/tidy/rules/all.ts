// Written by `npm run fix`: to add to this list, add a file to this folder.
import { bannedGlobals } from "./banned_globals.ts";
import { barrels } from "./barrels.ts";
import { cycles } from "./cycles.ts";
import { emptyTests } from "./empty_tests.ts";
import { fileNames } from "./file_names.ts";
import { fileSizes } from "./file_sizes.ts";
import { functionLength } from "./function_length.ts";
import { imports } from "./imports.ts";
import { leftovers } from "./leftovers.ts";
import { lists } from "./lists.ts";
import { parameters } from "./parameters.ts";
import { topLevel } from "./top_level.ts";

/** All that this folder has, by file name. */
export const all = [
  bannedGlobals,
  barrels,
  cycles,
  emptyTests,
  fileNames,
  fileSizes,
  functionLength,
  imports,
  leftovers,
  lists,
  parameters,
  topLevel,
] as const;
