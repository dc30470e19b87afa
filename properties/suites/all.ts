// Written by `npm run fix`: to add to this list, add a file to this folder.
import { apiserver } from "./apiserver.ts";
import { controllers } from "./controllers.ts";
import { kubelet } from "./kubelet.ts";
import { nodes } from "./nodes.ts";
import { policies } from "./policies.ts";
import { scheduler } from "./scheduler.ts";
import { services } from "./services.ts";
import { store } from "./store.ts";

/** All that this folder has, by file name. */
export const all = [apiserver, controllers, kubelet, nodes, policies, scheduler, services, store] as const;
