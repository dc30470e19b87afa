// Written by `npm run fix`: to add to this list, add a file to this folder.
import { configMap } from "./config_map.ts";
import { downwardApi } from "./downward_api.ts";
import { emptyDir } from "./empty_dir.ts";
import { ephemeral } from "./ephemeral.ts";
import { hostPath } from "./host_path.ts";
import { persistentVolumeClaim } from "./persistent_volume_claim.ts";
import { projected } from "./projected.ts";
import { secret } from "./secret.ts";

/** All that this folder has, by file name. */
export const all = [
  configMap,
  downwardApi,
  emptyDir,
  ephemeral,
  hostPath,
  persistentVolumeClaim,
  projected,
  secret,
] as const;
