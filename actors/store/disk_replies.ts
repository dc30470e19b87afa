import type { ReplyEvent, Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { refuseWrite } from "./log/wal.ts";
import { core } from "./raft/core.ts";
import { onRecovered, waitForRepair } from "./recovery.ts";
import { onRejoinReply } from "./rejoin.ts";
import { onFileReply } from "./snapshot/files.ts";
import { abortInstalling, onInstalled } from "./snapshot/install.ts";
import { abortSaving, onSaved } from "./snapshot/save.ts";
import { onNoRoom, onReleased, onReserved, onWritten } from "./space.ts";

/** What the disk answers: the words of its protocol that a replica reads. */
interface DiskReply {
  readonly ok: boolean;
  readonly data?: string;
  readonly names?: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/**
 * Takes an answer of the disk.
 *
 * @throws Error when the log cannot be read or written: what the disk holds then is not known, so this life must end
 */
export function onDiskReply(data: StoreData, { ask, body }: ReplyEvent, step: Step): void {
  const answer = body as DiskReply;
  const { recovery, rejoin, wal, space, snapshots } = data;
  if (recovery?.ask === ask) {
    if (answer.code === "ENOSPC") {
      waitForRepair(data, step);
      return;
    }
    if (!answer.ok) throw new Error(`Cannot recover: ${answer.message ?? "the disk failed"}`);
    onRecovered(data, answer.data, step);
  } else if (rejoin?.asks.has(ask)) {
    // It begins again when there is room.
    if (!answer.ok) throw new Error(`Cannot make the disk a member's: ${answer.message ?? "the disk failed"}`);
    onRejoinReply(data, { ask, names: answer.names ?? [] }, step);
  } else if (wal.writing?.ask === ask) {
    if (answer.code === "ENOSPC") {
      refuseWrite(wal);
      onNoRoom(data, step);
      return;
    }
    if (!answer.ok) throw new Error(`Cannot write the log: ${answer.message ?? "the disk failed"}`);
    const { write } = wal.writing;
    wal.writing = undefined;
    core.advance(data.raft, write, step);
    onWritten(data, step);
  } else if (space.reserving === ask) {
    onReserved(data, answer.ok, step);
  } else if (space.releasing === ask) {
    onReleased(data, step);
  } else if (snapshots.file?.ask === ask) {
    const { path } = snapshots.file;
    const result = onFileReply(snapshots, answer, step);
    if (result === "failed") {
      abortSaving(data, step);
      abortInstalling(data, step);
    } else if (result === "written") {
      if (snapshots.installing) onInstalled(data, path, step);
      else onSaved(data, path, step);
    }
  }
}
