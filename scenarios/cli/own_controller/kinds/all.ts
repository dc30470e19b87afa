// Written by `npm run fix`: to add to this list, add a file to this folder.
import { coalescedWatch } from "./coalesced_watch.ts";
import { conflict } from "./conflict.ts";
import { crash } from "./crash.ts";
import { expiredVersion } from "./expired_version.ts";
import { laggingServer } from "./lagging_server.ts";
import { lateWatch } from "./late_watch.ts";
import { lostAnswer } from "./lost_answer.ts";
import { lostRequest } from "./lost_request.ts";
import { lostWatch } from "./lost_watch.ts";
import { ownedDeleted } from "./owned_deleted.ts";
import { ownedEdited } from "./owned_edited.ts";
import { pause } from "./pause.ts";
import { refusal } from "./refusal.ts";
import { rightsRevoked } from "./rights_revoked.ts";
import { schemaChanged } from "./schema_changed.ts";
import { webhookUnreachable } from "./webhook_unreachable.ts";

/** All that this folder has, by file name. */
export const all = [
  coalescedWatch,
  conflict,
  crash,
  expiredVersion,
  laggingServer,
  lateWatch,
  lostAnswer,
  lostRequest,
  lostWatch,
  ownedDeleted,
  ownedEdited,
  pause,
  refusal,
  rightsRevoked,
  schemaChanged,
  webhookUnreachable,
] as const;
