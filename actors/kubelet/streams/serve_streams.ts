import type { Mail, Step } from "../../../runtime/mod.ts";
import { answerToNobody, type Heard, hear } from "../../network/stream_line.ts";
import type { StreamAnswer, StreamMessage, StreamOpen } from "../../network/streams.ts";
import type { KubeletData } from "../data.ts";
import { type Beginning, computerSays } from "./carried.ts";
import { closeNow, giveUp, proceed, release, stand } from "./end_stream.ts";
import { openLogs } from "./logs.ts";
import { openPortForward } from "./port_forward.ts";
import { openProcess } from "./process.ts";
import { type Refusal, refusal, type Stream, streamKey } from "./stream.ts";
import { tend } from "./tend_streams.ts";

const streamsMax = 1_000;

/** Somebody opens a stream, or goes on with one. */
export function takeStreamMessage(data: KubeletData, mail: Mail<StreamMessage>, step: Step) {
  const { body, from } = mail;
  if (body.type === "stream.open") return open(data, mail as Mail<StreamOpen>, step);
  if (from === data.input.computer) return computerSays(data, body, step);
  const stream = data.streams.open.get(streamKey(from, body.stream));
  if (!stream) {
    // Of an earlier life of this kubelet, or closed meanwhile: whoever still writes should know.
    const answer = answerToNobody(body);
    if (answer) step.send(from, answer);
    return;
  }
  for (const heard of hear(stream.line, body, step.uptimeMs)) take(data, stream, heard, step);
}

function take(data: KubeletData, stream: Stream, heard: Heard, step: Step) {
  if (stream.isOver) return;
  switch (heard.type) {
    case "stream.data":
      return stream.handlers.data?.(heard, step);
    case "stream.end":
      return stream.handlers.ended?.(step);
    case "stream.close":
      return void release(data, stream, step, heard);
    case "broken":
      return giveUp(data, stream, step, heard.error);
    case "taken":
      if (stream.handlers.taken) return stream.handlers.taken(heard.size, step);
      stream.credit += heard.size;
      return proceed(data, stream, step);
  }
}

function open(data: KubeletData, mail: Mail<StreamOpen>, step: Step) {
  const { from, ask } = mail;
  const { purpose, stream: number } = mail.body;
  const { streams } = data;
  const answer = (said: StreamAnswer, later: Step) => later.reply({ from, ask }, said);
  const key = streamKey(from, number);
  // It came twice.
  if (streams.open.has(key) || streams.ended.has(key)) return;
  const refuse = (why: Refusal) => {
    streams.ended.add(key);
    answer(why, step);
  };
  if (streams.open.size >= streamsMax) return refuse(refusal(429, `too many streams: ${streams.open.size}`));
  const opened = { from, number };
  const keep = (stream: Stream) => {
    stream.answer = (later, said) => answer(said, later);
    streams.open.set(key, stream);
    if (!streams.watched.has(from)) step.monitor(from);
    streams.watched.add(from);
    tend(data, step);
  };
  const begin = (result: Stream | Beginning | Refusal) => {
    if ("ok" in result) return refuse(result);
    if ("begin" in result) {
      keep(result.stream);
      return result.begin();
    }
    keep(result);
    stand(result, step);
  };
  switch (purpose.kind) {
    case "logs":
      return begin(openLogs(data, opened, { purpose, step }));
    case "exec":
    case "attach":
      return begin(openProcess(data, opened, { purpose, step }));
    case "portforward":
      return begin(openPortForward(data, opened, { purpose, step }));
    default:
      refuse(refusal(400, `a kubelet opens no stream for ${JSON.stringify(purpose.kind)}`));
  }
}

/** Closes every stream: this kubelet stops. */
export function closeAllStreams(data: KubeletData, step: Step): void {
  for (const stream of [...data.streams.open.values()]) closeNow(data, stream, step, { error: "kubelet is stopping" });
}
