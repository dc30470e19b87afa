import type { Address, Step } from "../../../runtime/mod.ts";
import type { StreamClose } from "../../network/streams.ts";
import type { KubeletData } from "../data.ts";
import type { PodRecord } from "../pod_record.ts";
import { pump, type Stream, streamKey } from "./stream.ts";

type Closing = Omit<StreamClose, "type" | "stream">;

/** Closes a stream when all that waits has been sent. */
export function closeWhenSent(data: KubeletData, stream: Stream, step: Step, closing: Closing): void {
  if (stream.isOver) return;
  stream.closing = closing;
  proceed(data, stream, step);
}

/** Sends what may be sent; what comes after it, if that was all. */
export function proceed(data: KubeletData, stream: Stream, step: Step): void {
  pump(stream, step);
  if (stream.queue.length > 0) return;
  if (stream.closing) closeNow(data, stream, step, stream.closing);
  else stream.handlers.drained?.(step);
}

/** Closes a stream at once, and tells the opener. */
export function closeNow(data: KubeletData, stream: Stream, step: Step, closing: Closing): void {
  if (!release(data, stream, step, undefined)) return;
  step.send(stream.from, { type: "stream.close", stream: stream.number, ...closing } as StreamClose);
}

/** Forgets a stream; false if it was forgotten before. */
export function release(data: KubeletData, stream: Stream, step: Step, close: StreamClose | undefined): boolean {
  if (!data.streams.open.delete(streamKey(stream.from, stream.number))) return false;
  stream.isOver = true;
  stream.queue.length = 0;
  stream.handlers.released?.(step, close);
  return true;
}

/** Whoever opened streams is gone: nobody reads them any more. */
export function releaseStreamsOf(data: KubeletData, address: Address, step: Step): void {
  if (!data.streams.watched.delete(address)) return;
  for (const stream of [...data.streams.open.values()]) {
    if (stream.from === address) release(data, stream, step, undefined);
  }
}

/** A pod is gone from this node: whoever still reads or reaches it is told. */
export function closeStreamsOfPod(data: KubeletData, pod: PodRecord, step: Step): void {
  if (data.streams.open.size === 0) return;
  for (const stream of [...data.streams.open.values()]) {
    if (stream.pod === pod) closeNow(data, stream, step, { error: `pod ${pod.pod.metadata.name} is gone` });
  }
}
