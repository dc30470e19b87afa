import type { Address, Step } from "../../../runtime/mod.ts";
import { breakOff } from "../../network/stream_line.ts";
import type { KubeletData } from "../data.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { type Closing, pump, type Stream, streamKey, tell } from "./stream.ts";

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
  if (release(data, stream, step, closing)) tell(stream, step, { type: "stream.close", ...closing });
}

/** Ends a stream whose opener says nothing, or of whose words some are lost. */
export function giveUp(data: KubeletData, stream: Stream, step: Step, error: string): void {
  if (release(data, stream, step, { error })) step.send(stream.from, breakOff(stream.number, error));
}

/** Forgets a stream; false if it was forgotten before. */
export function release(data: KubeletData, stream: Stream, step: Step, closing: Closing): boolean {
  const { streams } = data;
  const key = streamKey(stream.from, stream.number);
  if (!streams.open.delete(key)) return false;
  streams.ended.add(key);
  stream.isOver = true;
  stream.queue.length = 0;
  // It stood for a moment: why it does not any more is said on it.
  stand(stream, step);
  stream.handlers.released?.(step, closing);
  return true;
}

/** Answers the opening of a stream, if that was not done before: it stands. */
export function stand(stream: Stream, step: Step): void {
  const { answer } = stream;
  stream.answer = undefined;
  answer?.(step, { ok: true });
}

/** Whoever opened streams is gone: nobody reads them any more. */
export function releaseStreamsOf(data: KubeletData, address: Address, step: Step): void {
  if (!data.streams.watched.delete(address)) return;
  for (const stream of [...data.streams.open.values()]) {
    if (stream.from === address) release(data, stream, step, { error: "the opener is gone" });
  }
}

/** A pod is gone from this node: whoever still reads or reaches it is told. */
export function closeStreamsOfPod(data: KubeletData, pod: PodRecord, step: Step): void {
  if (data.streams.open.size === 0) return;
  for (const stream of [...data.streams.open.values()]) {
    if (stream.pod === pod) closeNow(data, stream, step, { error: `pod ${pod.pod.metadata.name} is gone` });
  }
}
