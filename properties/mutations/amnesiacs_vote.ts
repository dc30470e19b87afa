import { walFile } from "../../actors/store/log/wal.ts";
import { memberFile, newStoreDisk } from "../../actors/store/member.ts";
import type * as recovery from "../../actors/store/recovery.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A replica that has lost its disk votes and counts as if it never had one. */
export const amnesiacsVote: MutationOf<typeof recovery> = {
  name: "amnesiacsVote",
  patch: {
    module: "actors/store/recovery.ts",
    name: "onRecovered",
    wrap: (sound) => (data, text, step) => {
      const { member, recovery } = data;
      const file = recovery?.reading === "member" ? memberFile : recovery?.reading === "log" ? walFile : "";
      sound(data, text ?? newStoreDisk(member.self, member.cluster)[file], step);
    },
  },
  found: { test: "actors/store/disk_loss_test.ts" },
};
