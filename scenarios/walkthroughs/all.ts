// Written by `npm run fix`: to add to this list, add a file to this folder.
import { declarativeModel } from "./declarative_model.ts";
import { losingANode } from "./losing_a_node.ts";
import { losingTheStoreLeader } from "./losing_the_store_leader.ts";
import { movingBetweenClouds } from "./moving_between_clouds.ts";
import { rollingUpdate } from "./rolling_update.ts";
import { scaling } from "./scaling.ts";
import { selfHealing } from "./self_healing.ts";
import { serviceDiscovery } from "./service_discovery.ts";
import { shop } from "./shop.ts";

/** All that this folder has, by file name. */
export const all = [
  declarativeModel,
  losingANode,
  losingTheStoreLeader,
  movingBetweenClouds,
  rollingUpdate,
  scaling,
  selfHealing,
  serviceDiscovery,
  shop,
] as const;
