import type { Address } from "../../../runtime/mod.ts";
import type { Configuration } from "../raft/configuration.ts";
import { groupAfter } from "../raft/view.ts";
import type { DiskImage } from "./disk_image.ts";

/** Who a replica's disk says that the group is made of: as its snapshot has it, changed as its log says. */
export function groupOnDisk({ configuration, log }: DiskImage, founders: readonly Address[]): Configuration {
  return groupAfter(log, { configuration, founders });
}
