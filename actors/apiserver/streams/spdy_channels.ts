import type { Step } from "../../../runtime/mod.ts";
import { callOff } from "../../kit/alarms.ts";
import type { ChannelHandler, ChannelsOut, Said } from "./channels.ts";
import { type ClientSide, closeProtocolError } from "./client_side.ts";
import { type KubeletStreams, streamCreationMs } from "./kubelet_streams.ts";
import { createSpdyWriter, dataFrame, pingFrame, resetFrame, resetReasons, type SpdyFrame } from "./spdy/frames.ts";
import { acceptSpdy } from "./spdy/session.ts";

/** A client whose channels are streams of SPDY. */
export interface SpdyChannelsOptions {
  readonly client: ClientSide;
  readonly protocol: string;
  /** The channel of each `streamtype`. */
  readonly channels: Readonly<Record<string, number>>;
  /** The channels that the client will open: nothing ends before it has. */
  readonly needed: readonly number[];
  readonly handler: ChannelHandler;
}

/**
 * Accepts a client that opens a stream of SPDY for each channel, as Go's clients do. What is said before it
 * has opened all of them waits for that, half a minute at most.
 *
 * Source: apimachinery's `httpstream/spdy`, and Kubernetes' `remotecommand`.
 */
export function acceptSpdyChannels(streams: KubeletStreams, options: SpdyChannelsOptions, step: Step): ChannelsOut {
  const { channels, needed, handler } = options;
  const writer = createSpdyWriter();
  const ids = new Map<number, number>();
  const byId = new Map<number, number>();
  const waiting: Said[] = [];
  /** How it is closed when all channels are there. */
  let farewell: { readonly code: number; readonly reason: string } | undefined;
  const session = acceptSpdy(streams, { ...options, take, closed: (later) => leaveAlone(later) }, step);
  const patience = streams.owing.set(
    streamCreationMs,
    (later) => {
      session.stop();
      session.close(later, closeProtocolError, "timed out waiting for client to create streams");
      handler.closed(later);
    },
    step,
  );

  /** The client is gone. */
  function leaveAlone(later: Step) {
    callOff(patience);
    handler.closed(later);
  }

  function take(frame: SpdyFrame, later: Step): number {
    if (frame.type === "synStream") begin(frame, later);
    if (frame.type === "data") return carry(frame, later);
    if (frame.type === "reset") byId.delete(frame.id);
    // Those with even numbers would be answers to pings of ours.
    if (frame.type === "ping" && frame.id % 2 === 1) session.say(pingFrame(frame.id), later);
    if (frame.type === "broken") {
      session.stop();
      session.close(later, closeProtocolError, frame.why);
      leaveAlone(later);
    }
    return 0;
  }

  function begin({ id, headers, fin }: SpdyFrame & { type: "synStream" }, later: Step) {
    const type = headers.get("streamtype") ?? "";
    const channel = Object.hasOwn(channels, type) ? channels[type] : undefined;
    if (id % 2 === 0 || byId.has(id)) return session.say(resetFrame(id, resetReasons.protocolError), later);
    if (channel === undefined || ids.has(channel)) {
      return session.say(resetFrame(id, resetReasons.refusedStream), later);
    }
    ids.set(channel, id);
    byId.set(id, channel);
    session.say(writer.reply(id), later);
    if (fin) handler.ended?.(channel, later);
    if (!isComplete()) return;
    callOff(patience);
    for (const { channel: on, data, taken } of waiting.splice(0)) {
      session.say(dataFrame(ids.get(on) ?? 0, data, false), later);
      taken?.(later);
    }
    leave(later);
  }

  function carry({ id, data, fin }: SpdyFrame & { type: "data" }, later: Step): number {
    const channel = byId.get(id);
    // Bytes for nobody are late ones.
    if (channel === undefined) return 0;
    if (data !== "") handler.message(channel, data, (when) => session.taken(data.length, when), later);
    if (fin) handler.ended?.(channel, later);
    return data.length;
  }

  /** Go's clients read nothing before they have opened all: what came earlier would keep the answers from them. */
  function isComplete(): boolean {
    return needed.every((each) => ids.has(each));
  }

  /** Ends all streams, then the connection. */
  function leave(later: Step) {
    if (!farewell || !isComplete()) return;
    session.stop();
    for (const id of ids.values()) session.say(dataFrame(id, "", true), later);
    session.close(later, farewell.code, farewell.reason);
    farewell = undefined;
  }

  return {
    send(said, later) {
      const { channel, data, taken } = said;
      const id = ids.get(channel);
      // Nothing is said by nothing: that the connection stands, the answers to streams show.
      if (data === "") taken?.(later);
      else if (id !== undefined && isComplete()) session.send(dataFrame(id, data, false), later, taken);
      else waiting.push(said);
    },
    close(later, code, reason) {
      farewell = { code, reason };
      leave(later);
    },
  };
}
