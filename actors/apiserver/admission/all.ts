// Written by `npm run fix`: to add to this list, add a file to this folder.
import { defaultTolerationSeconds } from "./default_toleration_seconds.ts";
import { limitRanger } from "./limit_ranger.ts";
import { namespaceLifecycle } from "./namespace_lifecycle.ts";
import { priority } from "./priority.ts";
import { serviceAccount } from "./service_account.ts";

/** All that this folder has, by file name. */
export const all = [defaultTolerationSeconds, limitRanger, namespaceLifecycle, priority, serviceAccount] as const;
