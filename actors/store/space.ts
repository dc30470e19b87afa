import type { AskId, Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { isControl, retryWrite } from "./log/wal.ts";
import { refuseWrites } from "./requests.ts";

/**
 * What a replica does on a full disk: it refuses writes at once, serves reads, and tries again until there is room. So
 * that it can take part in an election then, which must write terms and votes, it keeps a reserve: a file that is there
 * only to be removed when such a record finds no room. Until the reserve is back the disk counts as full.
 */
export interface Space {
  readonly isFull: boolean;
  /** The reserve is there for sure. */
  readonly isReserved: boolean;
  /** The reserve is being written. */
  readonly reserving: AskId | undefined;
  /** The reserve is being removed, for the write that found no room. */
  readonly releasing: AskId | undefined;
  /** It was removed for the write that is tried again. */
  readonly isReleased: boolean;
}

/** The reserve's file. */
export const reserveFile = "reserve";

const reserveLength = 64 * 1024;
/** Enough for thousands of terms and votes. */
export const reserveText = "-".repeat(reserveLength);
const retryMs = 500;

/** Nothing is known to be wrong. */
export function createSpace(): Space {
  return { isFull: false, isReserved: false, reserving: undefined, releasing: undefined, isReleased: false };
}

/** Writes the reserve, which shows that there is room. */
function reserve(data: StoreData, step: Step) {
  if (data.space.reserving !== undefined) return;
  const reserving = step.device("disk", { op: "replace", path: reserveFile, data: reserveText });
  data.space = { ...data.space, reserving };
}

/** Takes the disk's answer about the reserve. */
export function onReserved(data: StoreData, ok: boolean, step: Step): void {
  data.space = {
    ...data.space,
    reserving: undefined,
    isReserved: ok,
    isFull: !ok,
    isReleased: !ok && data.space.isReleased,
  };
  if (!ok) step.timer("room", retryMs);
}

/** A write of the log has found no room: it is tried again, at once where the reserve can make room for it. */
export function onNoRoom(data: StoreData, step: Step): void {
  const { space, wal } = data;
  if (!space.isFull) step.log("Cannot write the log: no space left on device, writes are refused until there is room");
  data.space = { ...space, isFull: true };
  refuseWrites(data.requests, step);
  if (space.isReleased || !isControl(wal)) step.timer("room", retryMs);
  else data.space = { ...data.space, releasing: step.device("disk", { op: "remove", path: reserveFile }) };
}

/** The reserve is gone: now there may be room. */
export function onReleased(data: StoreData, step: Step): void {
  data.space = { ...data.space, releasing: undefined, isReserved: false, isReleased: true };
  retryWrite(data.wal, step);
}

/** Tries again what found no room, or whether there is room for the reserve. */
export function onRoomDue(data: StoreData, step: Step): void {
  if (data.wal.refused) retryWrite(data.wal, step);
  else if (data.space.isFull) reserve(data, step);
}

/** A write of the log was done: after the first one, and where room was short, it is seen whether there is enough. */
export function onWritten(data: StoreData, step: Step): void {
  if (data.space.isFull || !data.space.isReserved) reserve(data, step);
}
