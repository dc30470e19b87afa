// Written by `npm run fix`: to add to this list, add a file to this folder.
import { bodiesThatNeverEnd } from "./bodies_that_never_end.ts";
import { brokenHandshakes } from "./broken_handshakes.ts";
import { chunkedNonsense } from "./chunked_nonsense.ts";
import { copyingPatches } from "./copying_patches.ts";
import { deepDocuments } from "./deep_documents.ts";
import { doublingPods } from "./doubling_pods.ts";
import { eventsWithoutEnd } from "./events_without_end.ts";
import { execsThatNobodyReads } from "./execs_that_nobody_reads.ts";
import { floodsOfNamespaces } from "./floods_of_namespaces.ts";
import { forgedContinues } from "./forged_continues.ts";
import { http2Frames } from "./http2_frames.ts";
import { http2FramesOfClients } from "./http2_frames_of_clients.ts";
import { idleConnections } from "./idle_connections.ts";
import { largeBodiesOfStrangers } from "./large_bodies_of_strangers.ts";
import { longLists } from "./long_lists.ts";
import { longSelectors } from "./long_selectors.ts";
import { pipelinedLists } from "./pipelined_lists.ts";
import { slowHeads } from "./slow_heads.ts";
import { slowReaders } from "./slow_readers.ts";
import { spdyFrames } from "./spdy_frames.ts";
import { strangersWithoutEnd } from "./strangers_without_end.ts";
import { thousandWatches } from "./thousand_watches.ts";
import { upgradesBeforeAnswers } from "./upgrades_before_answers.ts";
import { watchersThatNeverRead } from "./watchers_that_never_read.ts";
import { webSocketFrames } from "./web_socket_frames.ts";
import { wrongTokens } from "./wrong_tokens.ts";
import { yamlOfStrangers } from "./yaml_of_strangers.ts";

/** All that this folder has, by file name. */
export const all = [
  bodiesThatNeverEnd,
  brokenHandshakes,
  chunkedNonsense,
  copyingPatches,
  deepDocuments,
  doublingPods,
  eventsWithoutEnd,
  execsThatNobodyReads,
  floodsOfNamespaces,
  forgedContinues,
  http2Frames,
  http2FramesOfClients,
  idleConnections,
  largeBodiesOfStrangers,
  longLists,
  longSelectors,
  pipelinedLists,
  slowHeads,
  slowReaders,
  spdyFrames,
  strangersWithoutEnd,
  thousandWatches,
  upgradesBeforeAnswers,
  watchersThatNeverRead,
  webSocketFrames,
  wrongTokens,
  yamlOfStrangers,
] as const;
