// Written by `npm run fix`: to add to this list, add a file to this folder.
import { componentRules } from "./component_rules.ts";
import { publicPaths } from "./public_paths.ts";
import { systemMasters } from "./system_masters.ts";

/** All that this folder has, by file name. */
export const all = [componentRules, publicPaths, systemMasters] as const;
