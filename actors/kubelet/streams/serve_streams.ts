import type { Mail, Step } from "../../../runtime/mod.ts";
import type { StreamAnswer, StreamMessage, StreamOpen } from "../../network/streams.ts";
import type { KubeletData } from "../data.ts";
import { closeNow, proceed, release } from "./end_stream.ts";
import { openExec } from "./exec.ts";
import { openLogs } from "./logs.ts";
import { machineSays, openPortForward } from "./port_forward.ts";
import { type Refusal, refusal, type Stream, streamKey } from "./stream.ts";

const streamsMax = 1_000;

/** Somebody opens a stream, or goes on with one. */
export function takeStreamMessage(data: KubeletData, mail: Mail<StreamMessage>, step: Step) {
  const { body, from } = mail;
  if (body.type === "stream.open") return open(data, mail as Mail<StreamOpen>, step);
  if (from === data.input.machine) return machineSays(data, body, step);
  const stream = data.streams.open.get(streamKey(from, body.stream));
  if (!stream) {
    // Of an earlier life of this kubelet, or closed meanwhile: whoever still writes should know.
    if (body.type === "stream.data")
      step.send(from, { type: "stream.close", stream: body.stream, error: "stream is gone" } as StreamMessage);
    return;
  }
  switch (body.type) {
    case "stream.data":
      return stream.handlers.data?.(body, step);
    case "stream.taken":
      if (stream.handlers.taken) return stream.handlers.taken(body.size, step);
      stream.credit += body.size;
      return proceed(data, stream, step);
    case "stream.end":
      return stream.handlers.ended?.(step);
    case "stream.close":
      release(data, stream, step, body);
  }
}

function open(data: KubeletData, mail: Mail<StreamOpen>, step: Step) {
  const { from, ask } = mail;
  const { purpose, stream: number } = mail.body;
  const { streams } = data;
  const answer = (now: Step) => (said: StreamAnswer) => now.reply({ from, ask }, said);
  const key = streamKey(from, number);
  if (streams.open.has(key)) return;
  if (streams.open.size >= streamsMax) return answer(step)(refusal(429, `too many streams: ${streams.open.size}`));
  const opened = { from, number };
  const keep = (stream: Stream) => {
    streams.open.set(key, stream);
    if (!streams.watched.has(from)) step.monitor(from);
    streams.watched.add(from);
  };
  const keepAndAnswer = (result: Stream | Refusal) => {
    if ("ok" in result) return answer(step)(result);
    keep(result);
    answer(step)({ ok: true });
  };
  switch (purpose.kind) {
    case "logs":
      return keepAndAnswer(openLogs(data, opened, { purpose, step }));
    case "exec":
      return keepAndAnswer(openExec(data, opened, { purpose, step }));
    case "portforward": {
      const forward = openPortForward(data, opened, { purpose, step });
      if ("ok" in forward) return answer(step)(forward);
      keep(forward.stream);
      return forward.begin(answer);
    }
    default:
      answer(step)(refusal(400, `a kubelet opens no stream for ${JSON.stringify(purpose.kind)}`));
  }
}

/** Closes every stream: this kubelet stops. */
export function closeAllStreams(data: KubeletData, step: Step): void {
  for (const stream of [...data.streams.open.values()]) closeNow(data, stream, step, { error: "kubelet is stopping" });
}
