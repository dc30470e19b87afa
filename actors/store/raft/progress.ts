/** What a leader knows of one follower. */
export interface Progress {
  /** Everything up to here is durable at the follower. */
  match: number;
  /** The next entry to send. */
  next: number;
  /**
   * - `probe`: finding out where the logs match, one message at a time
   * - `replicate`: sending ahead, a bounded number of messages without an answer
   * - `snapshot`: the entries it needs are gone: it is sent a snapshot
   */
  state: "probe" | "replicate" | "snapshot";
  /** Probing, and waiting for the answer. */
  probing: boolean;
  /** The last entry of each append that was not answered yet. */
  readonly inflight: number[];
  /** The last entry of the snapshot that is on its way to it; 0 for none. */
  snapshotIndex: number;
  /** The highest commit index it was told. */
  commitSent: number;
  /** Set while it does not count, as its life has lost its disk: see `rejoin.ts`. */
  rejoining: { readonly life: string; readonly welcomeIndex: number } | undefined;
  /** When it was last heard, and when it last got further, in uptime. */
  heardMs: number;
}

/** How many appends may be on their way to one follower. */
export const inflightMax = 4;

/** Makes a new leader's idea of a follower. */
export function createProgress(lastIndex: number, nowMs: number): Progress {
  return {
    match: 0,
    next: lastIndex + 1,
    state: "probe",
    probing: false,
    inflight: [],
    snapshotIndex: 0,
    commitSent: 0,
    rejoining: undefined,
    heardMs: nowMs,
  };
}

/** Goes back to finding out where the logs match. */
export function toProbe(progress: Progress, next: number): void {
  progress.state = "probe";
  progress.next = Math.max(next, progress.match + 1);
  progress.probing = false;
  progress.snapshotIndex = 0;
  progress.inflight.length = 0;
}

/** Notes that the follower has everything up to `index`; false when that was known. */
export function acknowledge(progress: Progress, index: number): boolean {
  while (progress.inflight.length > 0 && (progress.inflight[0] as number) <= index) progress.inflight.shift();
  if (progress.state === "probe") {
    progress.probing = false;
    progress.state = "replicate";
    progress.next = Math.max(index, progress.match) + 1;
  }
  if (index <= progress.match) return false;
  progress.match = index;
  progress.next = Math.max(progress.next, index + 1);
  return true;
}

/** Whether an append may be sent now. */
export function maySend(progress: Progress): boolean {
  if (progress.state === "probe") return !progress.probing;
  return progress.state === "replicate" && progress.inflight.length < inflightMax;
}
