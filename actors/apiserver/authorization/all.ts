// Written by `npm run fix`: to add to this list, add a file to this folder.
import { node } from "./node.ts";
import { rbac } from "./rbac.ts";
import { systemMasters } from "./system_masters.ts";

/** All that this folder has, by file name. */
export const all = [node, rbac, systemMasters] as const;
