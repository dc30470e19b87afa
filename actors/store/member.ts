import type { Address } from "../../runtime/mod.ts";
import { encodeRecord, payloadOf, scanRecords } from "./log/record.ts";
import { walFile } from "./log/wal.ts";
import { reserveFile, reserveText } from "./space.ts";

/** Whose disk it is. */
export interface Member {
  /** Tells clusters apart. */
  readonly cluster: string;
  readonly self: Address;
}

/**
 * The file that makes a disk a member's: written once, when the cluster is made or when the replica has caught up again,
 * and never by a replica that starts. So a replica whose disk was lost knows that it may have voted, and acknowledged
 * what it has no more.
 */
export const memberFile = "member";

/** The cluster of replicas that are not told which. */
export const clusterDefault = "default";

/** The member file as text. */
export function encodeMember({ cluster, self }: Member): string {
  return encodeRecord(`I ${cluster} ${self}`);
}

/**
 * Reads the member file.
 *
 * @throws Error when it is not whole: it is replaced at once, so nothing can tear it
 */
export function readMember(text: string): Member {
  const [record] = scanRecords(text, memberFile).records;
  if (record === undefined) throw new Error(`Cannot read ${memberFile}: it holds no record`);
  const [, cluster = "", self = ""] = payloadOf(record).split(" ");
  return { cluster, self };
}

/** What the disk of a new member holds before it ever ran, by path: whoever makes a cluster writes it. */
export function newStoreDisk(self: Address, cluster = clusterDefault): Readonly<Record<string, string>> {
  return {
    [reserveFile]: reserveText,
    [walFile]: encodeRecord("S 0 0"),
    [memberFile]: encodeMember({ cluster, self }),
  };
}

/** Why a disk is not that of this member; undefined when it is. */
export function strangerOf(member: Member, text: string | undefined): string | undefined {
  if (text === undefined) return "its disk is not the one that it had: the file member is missing";
  const found = readMember(text);
  if (found.self === member.self && found.cluster === member.cluster) return undefined;
  return `its disk is that of ${found.self} in cluster ${found.cluster}`;
}
