// Written by `npm run fix`: to add to this list, add a file to this folder.
import { bodiesThatNeverEnd } from "./bodies_that_never_end.ts";
import { brokenHandshakes } from "./broken_handshakes.ts";
import { copyingPatches } from "./copying_patches.ts";
import { deepDocuments } from "./deep_documents.ts";
import { doublingPods } from "./doubling_pods.ts";
import { eventsWithoutEnd } from "./events_without_end.ts";
import { idleConnections } from "./idle_connections.ts";
import { largeBodiesOfStrangers } from "./large_bodies_of_strangers.ts";
import { longLists } from "./long_lists.ts";
import { longSelectors } from "./long_selectors.ts";
import { slowHeads } from "./slow_heads.ts";
import { thousandWatches } from "./thousand_watches.ts";
import { watchersThatNeverRead } from "./watchers_that_never_read.ts";
import { wrongTokens } from "./wrong_tokens.ts";
import { yamlOfStrangers } from "./yaml_of_strangers.ts";

/** All that this folder has, by file name. */
export const all = [
  bodiesThatNeverEnd,
  brokenHandshakes,
  copyingPatches,
  deepDocuments,
  doublingPods,
  eventsWithoutEnd,
  idleConnections,
  largeBodiesOfStrangers,
  longLists,
  longSelectors,
  slowHeads,
  thousandWatches,
  watchersThatNeverRead,
  wrongTokens,
  yamlOfStrangers,
] as const;
