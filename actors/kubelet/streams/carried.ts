import type { Step } from "../../../runtime/mod.ts";
import { answerToNobody, breakOff, createLine, hear, type Saying, say, sayTaken } from "../../network/stream_line.ts";
import type { StreamAnswer, StreamMessage, StreamOpen, StreamPurpose } from "../../network/streams.ts";
import { askComputer } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { closeNow, stand } from "./end_stream.ts";
import { type Carried, newStream, type Stream, tell, tellTaken } from "./stream.ts";

const openMsMax = 30_000;

/** A stream that the computer is to carry on. */
export interface ToCarry extends Pick<Stream, "from" | "number" | "pod"> {
  readonly purpose: StreamPurpose;
  /** Why the computer did not: in its words, or without any when it did not answer. */
  explain(message: string | undefined): string;
}

/** A stream that is opened, and what has to be done as soon as it is kept. */
export interface Beginning {
  readonly stream: Stream;
  readonly begin: () => void;
}

/**
 * Opens a stream that the computer carries on: what both ends write and take is passed on as it comes, so that no more
 * is under way than the two allow each other.
 */
export function carryOn(data: KubeletData, { purpose, explain, ...opened }: ToCarry, step: Step): Beginning {
  const { computer } = data.input;
  const { carried } = data.streams;
  const line = createLine(step.nextId(), step.uptimeMs);
  const pass = (saying: Saying, later: Step) => later.send(computer, say(line, saying, later.uptimeMs));
  const stream = newStream(opened, step, {
    data: ({ type, channel, data: bytes }, later) => pass({ type, channel, data: bytes }, later),
    taken: (size, later) => later.send(computer, sayTaken(line, size)),
    ended: (later) => pass({ type: "stream.end" }, later),
    released(later, closing) {
      if (carried.delete(line.stream)) pass({ type: "stream.close", ...closing }, later);
    },
  });
  const begin = () => {
    const each: Carried = { stream, line, isOpen: false };
    carried.set(line.stream, each);
    const message: StreamOpen = { type: "stream.open", stream: line.stream, purpose };
    askComputer<StreamAnswer>(data, step, { message, timeoutMs: openMsMax }, (answer, later) => {
      stand(stream, later);
      each.isOpen = true;
      line.heardAtMs = later.uptimeMs;
      if (answer?.ok || !carried.delete(line.stream)) return;
      // It may come to stand all the same.
      if (!answer) later.send(computer, breakOff(line.stream, "nobody waits for it"));
      closeNow(data, stream, later, { error: explain(answer?.message) });
    });
  };
  return { stream, begin };
}

/** The computer says something about a connection that it carries: the opener is told. */
export function computerSays(data: KubeletData, message: StreamMessage, step: Step): void {
  const carried = data.streams.carried.get(message.stream);
  if (!carried) {
    const answer = answerToNobody(message);
    if (answer) step.send(data.input.computer, answer);
    return;
  }
  const { stream, line } = carried;
  // What the computer says overtakes its answer, or that is lost: it speaks on streams that stand only.
  stand(stream, step);
  for (const heard of hear(line, message, step.uptimeMs)) {
    if (stream.isOver) return;
    switch (heard.type) {
      case "stream.data":
        tell(stream, step, { type: "stream.data", channel: heard.channel, data: heard.data });
        break;
      case "stream.end":
        tell(stream, step, { type: "stream.end" });
        break;
      case "taken":
        tellTaken(stream, step, heard.size);
        break;
      case "broken":
        computerLost(data, carried, step, heard.error);
        break;
      case "stream.close":
        data.streams.carried.delete(message.stream);
        closeNow(data, stream, step, heard);
    }
  }
}

/** The computer's end of a connection is lost: both sides are told. */
export function computerLost(data: KubeletData, { stream, line }: Carried, step: Step, error: string): void {
  if (data.streams.carried.delete(line.stream)) step.send(data.input.computer, breakOff(line.stream, error));
  closeNow(data, stream, step, { error });
}
