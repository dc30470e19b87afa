import type { Step } from "../../../../runtime/mod.ts";
import type { ClientSide, SocketOut, Taken } from "../client_side.ts";
import { afterARest, inAMoment, type KubeletStreams } from "../kubelet_streams.ts";
import { createSpdyReader, type SpdyFrame } from "./frames.ts";

/** A client that speaks SPDY, in the messages of a WebSocket or by itself. */
export interface SpdyOptions {
  readonly client: ClientSide;
  readonly protocol: string;
  /** Takes a frame, and gives how many of its bytes are under way to a kubelet now; of those `taken` is told later. */
  take(frame: SpdyFrame, step: Step): number;
  /** The client is gone. */
  closed(step: Step): void;
}

/** The server's end of such a connection. */
export interface SpdySession {
  /** Says something; what is said while frames are taken goes out as one. */
  say(text: string, step: Step): void;
  /** Says something that is long, and tells when it is on its way. */
  send(text: string, step: Step, taken?: Taken): void;
  /** So many bytes that were under way are dealt with. */
  taken(bytes: number, step: Step): void;
  /** Takes no more frames before a rest. */
  rest(): void;
  /** Takes no more frames. */
  stop(): void;
  close(step: Step, code: number, reason: string): void;
}

/**
 * So many frames of one client are taken, then others have their turn: eight bytes are a frame, a message has millions,
 * and each may be a connection to a pod.
 */
export const framesAtOnceMax = 32;

/** Accepts a client that speaks SPDY. */
export function acceptSpdy(
  streams: KubeletStreams,
  { client, protocol, take, closed }: SpdyOptions,
  step: Step,
): SpdySession {
  const reader = createSpdyReader();
  /** What is said in answer to the frames that are being taken. */
  let answers: string[] | undefined;
  /** How it is closed when that was said. */
  let farewell: { readonly code: number; readonly reason: string } | undefined;
  /** What has come and is neither dealt with nor on its way to a kubelet. */
  let untakenBytes = 0;
  let [isTaking, isOver, isTired] = [false, false, false];

  const out: SocketOut = client.accept(step, protocol, {
    frame(data, later) {
      reader.push(data);
      untakenBytes += data.length;
      if (!isTaking) takeSome(later);
    },
    closed,
  });

  /** Takes some frames, and goes on when their client has taken the answers: who does not read gets no more of them. */
  function takeSome(later: Step) {
    answers = [];
    isTired = false;
    let left = framesAtOnceMax;
    for (let frame = reader.next(); frame && !isOver; frame = --left > 0 && !isTired ? reader.next() : undefined) {
      untakenBytes -= take(frame, later);
    }
    const said = answers.join("");
    answers = undefined;
    isTaking = !isOver && (isTired || left === 0 || said !== "");
    const goOn = isTired ? (when: Step) => afterARest(streams, when, takeSome) : takeSome;
    if (said !== "") out.send(said, later, isTaking ? goOn : undefined);
    else if (isTired && isTaking) goOn(later);
    else if (isTaking) inAMoment(streams, later, takeSome);
    if (!isTaking) {
      out.taken(untakenBytes, later);
      untakenBytes = 0;
    }
    if (farewell) out.close(later, farewell.code, farewell.reason);
  }

  return {
    say(text, later) {
      if (answers) answers.push(text);
      else out.send(text, later);
    },
    send: (text, later, taken) => out.send(text, later, taken),
    taken: (bytes, later) => out.taken(bytes, later),
    rest() {
      isTired = true;
    },
    stop() {
      isOver = true;
    },
    close(later, code, reason) {
      if (answers) farewell = { code, reason };
      else out.close(later, code, reason);
    },
  };
}
