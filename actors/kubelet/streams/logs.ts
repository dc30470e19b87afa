import type { Step } from "../../../runtime/mod.ts";
import type { LogAnswer, LogLine } from "../../cri/messages.ts";
import type { LogOptions, PodTarget } from "../../network/streams.ts";
import { callLogs } from "../calls.ts";
import { type KubeletData, wallMs } from "../data.ts";
import { closeWhenSent } from "./end_stream.ts";
import { type LogText, logText } from "./log_text.ts";
import { type Follower, newStream, type Refusal, refusal, type Stream, write } from "./stream.ts";
import { containerOf, podOf, runOf } from "./target.ts";

const pageMax = 1_000;

/** A log that is being read. */
interface Reader {
  readonly data: KubeletData;
  readonly id: string;
  readonly text: LogText;
  readonly follower: Follower | undefined;
  stream: Stream | undefined;
  /** The number of the last line that was read. */
  after: number;
  /** How many of the lines that are there are told at first; undefined once they were, or when all are. */
  tailLines: number | undefined;
  isReading: boolean;
  /** More has been written since the reading began. */
  isBehind: boolean;
  /** The container writes no more. */
  isOver: boolean;
}

/** `kubectl logs`: tells what a container has written, and, followed, what it will, until it has exited. */
export function openLogs(
  data: KubeletData,
  { from, number }: Pick<Stream, "from" | "number">,
  { purpose, step }: { readonly purpose: PodTarget & LogOptions; readonly step: Step },
): Stream | Refusal {
  const pod = podOf(data, purpose);
  if ("ok" in pod) return pod;
  const subject = containerOf(pod, purpose.container);
  if ("ok" in subject) return subject;
  const { tailLines, limitBytes, follow = false, previous = false } = purpose;
  if (tailLines !== undefined && tailLines < 0) return refusal(400, "tailLines must be greater than or equal to 0");
  if (limitBytes !== undefined && limitBytes < 1) return refusal(400, "limitBytes must be greater than 0");
  const id = runOf(subject, previous);
  if (typeof id !== "string") return id;
  const { container } = subject;
  const isLive = container.id === id && container.end === undefined;
  const offsetMs = wallMs(step, 0);
  const clock = { nowMs: step.nowMs, wallMs: (atMs: number) => offsetMs + atMs };
  const follower: Follower | undefined =
    follow && isLive ? { wake: (later, isOver) => woken(reader, later, isOver) } : undefined;
  const reader: Reader = {
    ...{ data, id, follower, tailLines, stream: undefined, after: 0 },
    ...{ text: logText(purpose, clock), isReading: false, isBehind: false, isOver: follower === undefined },
  };
  reader.stream = newStream({ from, number, pod }, step, {
    drained: (later) => {
      if (reader.isBehind) read(reader, later);
    },
    released: (later) => unfollow(reader, later),
  });
  if (follower) beginFollowing(data, { id, follower, step });
  read(reader, step);
  return reader.stream;
}

function beginFollowing(
  data: KubeletData,
  { id, follower, step }: { readonly id: string; readonly follower: Follower; readonly step: Step },
): void {
  const { followers } = data.streams;
  const others = followers.get(id);
  if (others) return void others.add(follower);
  followers.set(id, new Set([follower]));
  callLogs(data, { request: { op: "FollowLogs", container: id, isWanted: true }, take: () => {} }, step);
}

function unfollow({ data, id, follower }: Reader, step: Step): void {
  const { followers } = data.streams;
  const all = followers.get(id);
  if (!follower || !all?.delete(follower) || all.size > 0) return;
  followers.delete(id);
  callLogs(data, { request: { op: "FollowLogs", container: id, isWanted: false }, take: () => {} }, step);
}

function woken(reader: Reader, step: Step, isOver: boolean): void {
  reader.isOver ||= isOver;
  reader.isBehind = true;
  if (reader.stream?.queue.length === 0) read(reader, step);
}

/** Reads the next lines, unless they are being read already. */
function read(reader: Reader, step: Step): void {
  const { data, id, after } = reader;
  if (reader.isReading || !reader.stream) return;
  reader.isReading = true;
  reader.isBehind = false;
  // One at least: by its number those that are written later are told from those that are there.
  const tail = reader.tailLines === undefined ? {} : { tail: Math.max(1, reader.tailLines) };
  const take = (answer: LogAnswer, later: Step) => {
    reader.isReading = false;
    tell(reader, later, answer);
  };
  callLogs(data, { request: { op: "ReadLogs", container: id, after, linesMax: pageMax, ...tail }, take }, step);
}

function tell(reader: Reader, step: Step, answer: LogAnswer) {
  const { data, stream, text } = reader;
  if (!stream || stream.isOver) return;
  if (!answer.ok) return closeWhenSent(data, stream, step, { error: answer.failure.message });
  const lines = answer.value;
  reader.after = lines.at(-1)?.number ?? reader.after;
  write(stream, step, "stdout", text.of(firstTold(reader, lines)));
  const hasMore = lines.length >= pageMax;
  if (text.isFull()) return closeWhenSent(data, stream, step, { exitCode: 0 });
  if (hasMore) reader.isBehind = true;
  // What was written while this was read is read next; a container that has exited writes no more.
  if (!reader.isBehind) return reader.isOver ? closeWhenSent(data, stream, step, { exitCode: 0 }) : undefined;
  if (stream.queue.length === 0) read(reader, step);
}

/** Of the lines that were there when the reading began, perhaps none is told. */
function firstTold(reader: Reader, lines: readonly LogLine[]): readonly LogLine[] {
  const { tailLines } = reader;
  reader.tailLines = undefined;
  return tailLines === 0 ? [] : lines;
}

/** A container has written: whoever follows it reads on. */
export function containerLogged(data: KubeletData, id: string, step: Step): void {
  for (const follower of [...(data.streams.followers.get(id) ?? [])]) follower.wake(step, false);
}

/** What a container has written is looked for now and then: that it has may have been lost on the way. */
export function lookForLogs(data: KubeletData, step: Step): void {
  for (const id of [...data.streams.followers.keys()]) containerLogged(data, id, step);
}

/** A container has exited: whoever follows it reads the rest, and that was it. */
export function containerSilent(data: KubeletData, id: string, step: Step): void {
  for (const follower of [...(data.streams.followers.get(id) ?? [])]) follower.wake(step, true);
}
