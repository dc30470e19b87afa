// Written by `npm run fix`: to add to this list, add a file to this folder.
import { absentOwnersUnverified } from "./absent_owners_unverified.ts";
import { ackBeforeSync } from "./ack_before_sync.ts";
import { assumedIgnored } from "./assumed_ignored.ts";
import { conflictIgnored } from "./conflict_ignored.ts";
import { deliversToTheDead } from "./delivers_to_the_dead.ts";
import { expectationsIgnored } from "./expectations_ignored.ts";
import { forgetsConnections } from "./forgets_connections.ts";
import { forgetsUid } from "./forgets_uid.ts";
import { killsAtOnce } from "./kills_at_once.ts";
import { missedNodeDelete } from "./missed_node_delete.ts";
import { ownersByNameOnly } from "./owners_by_name_only.ts";
import { readyBeforeStarted } from "./ready_before_started.ts";
import { revisionDecreasesAfterRestart } from "./revision_decreases_after_restart.ts";
import { sliceUpdatesIgnored } from "./slice_updates_ignored.ts";
import { staleEndpoints } from "./stale_endpoints.ts";
import { staleListAsFresh } from "./stale_list_as_fresh.ts";
import { surgeIgnored } from "./surge_ignored.ts";
import { syncsLazily } from "./syncs_lazily.ts";
import { tellsNoRange } from "./tells_no_range.ts";
import { unavailableIgnored } from "./unavailable_ignored.ts";
import { watchDropsEvent } from "./watch_drops_event.ts";
import { watchEventDropped } from "./watch_event_dropped.ts";

/** All that this folder has, by file name. */
export const all = [
  absentOwnersUnverified,
  ackBeforeSync,
  assumedIgnored,
  conflictIgnored,
  deliversToTheDead,
  expectationsIgnored,
  forgetsConnections,
  forgetsUid,
  killsAtOnce,
  missedNodeDelete,
  ownersByNameOnly,
  readyBeforeStarted,
  revisionDecreasesAfterRestart,
  sliceUpdatesIgnored,
  staleEndpoints,
  staleListAsFresh,
  surgeIgnored,
  syncsLazily,
  tellsNoRange,
  unavailableIgnored,
  watchDropsEvent,
  watchEventDropped,
] as const;
