// Written by `npm run fix`: to add to this list, add a file to this folder.
import { brokenStream } from "./broken_stream.ts";
import { clockSkew } from "./clock_skew.ts";
import { crash } from "./crash.ts";
import { damagedDisk } from "./damaged_disk.ts";
import { delay } from "./delay.ts";
import { duplication } from "./duplication.ts";
import { fullDisk } from "./full_disk.ts";
import { halfDone } from "./half_done.ts";
import { lag } from "./lag.ts";
import { loss } from "./loss.ts";
import { lostAnswer } from "./lost_answer.ts";
import { lostDisk } from "./lost_disk.ts";
import { lostFsync } from "./lost_fsync.ts";
import { lostInstance } from "./lost_instance.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { reordering } from "./reordering.ts";
import { slowDevice } from "./slow_device.ts";
import { stale } from "./stale.ts";
import { throttled } from "./throttled.ts";
import { tornWrite } from "./torn_write.ts";

/** All that this folder has, by file name. */
export const all = [
  brokenStream,
  clockSkew,
  crash,
  damagedDisk,
  delay,
  duplication,
  fullDisk,
  halfDone,
  lag,
  loss,
  lostAnswer,
  lostDisk,
  lostFsync,
  lostInstance,
  partition,
  pause,
  reordering,
  slowDevice,
  stale,
  throttled,
  tornWrite,
] as const;
