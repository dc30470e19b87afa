import type { Address } from "../../../runtime/mod.ts";
import { type Configuration, noConfiguration, votersOnly } from "../raft/configuration.ts";
import { changed } from "../raft/configuration_change.ts";
import { changeOf, isChangeEntry } from "../raft/entry.ts";
import type { DiskImage } from "./disk_image.ts";

/** Who a replica's disk says that the group is made of: as its snapshot has it, changed as its log says. */
export function groupOnDisk({ configuration, log }: DiskImage, founders: readonly Address[]): Configuration {
  let group = configuration ?? noConfiguration;
  for (const entry of log.entries) {
    if (isChangeEntry(entry)) {
      const after = changed(group, changeOf(entry));
      if (after.ok) group = after.configuration;
    } else if (group.voters.length === 0) group = votersOnly(founders);
  }
  return group.voters.length === 0 ? votersOnly(founders) : group;
}
