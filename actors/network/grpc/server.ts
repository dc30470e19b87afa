import type { HttpHeader } from "../http/http_message.ts";
import { flags, frameText, frameTypes, number, preface, readFrames } from "./frames.ts";
import { headerBlock, readHeaders } from "./headers.ts";

/** How a call is answered: with a message, or with a code and why. */
export type GrpcReply =
  | { readonly code: 0; readonly body: string }
  | { readonly code: number; readonly message: string };

/** The server's end of a connection: bytes in, bytes out. */
export interface GrpcServer {
  /** Takes bytes, and gives what is to be written; `isOver`: the connection ends after it. */
  receive(data: string): { readonly text: string; readonly isOver: boolean };
}

const compressionError = 9;
const protocolError = 1;

/** Makes a server of calls that have one message each way. */
export function grpcServer(answer: (path: string, message: string) => GrpcReply): GrpcServer {
  const calls = new Map<number, { readonly path: string; body: string }>();
  let held = "";
  let hasBegun = false;

  function take(type: number, set: number, { stream, payload }: { readonly stream: number; readonly payload: string }) {
    const settings = { type: frameTypes.settings, stream: 0, payload: "" };
    if (type === frameTypes.settings) return set & flags.ack ? "" : frameText({ ...settings, flags: flags.ack });
    if (type === frameTypes.ping)
      return set & flags.ack ? "" : frameText({ type, flags: flags.ack, stream: 0, payload });
    if (type === frameTypes.headers) {
      const isPlain = !(set & (flags.padded | flags.priority)) && set & flags.endHeaders;
      const headers = isPlain ? readHeaders(payload) : undefined;
      if (!headers) return undefined;
      calls.set(stream, { path: headers.find(([name]) => name === ":path")?.[1] ?? "", body: "" });
    }
    const call = calls.get(stream);
    if (type === frameTypes.data && call) call.body += payload;
    if (!call || !(set & flags.endStream)) return "";
    calls.delete(stream);
    return replyText(stream, answer(call.path, call.body));
  }

  return {
    receive(data) {
      held += data;
      let text = "";
      if (!hasBegun) {
        if (held.length < preface.length && preface.startsWith(held)) return { text, isOver: false };
        if (!held.startsWith(preface)) return { text, isOver: true };
        hasBegun = true;
        held = held.slice(preface.length);
        text = frameText({ type: frameTypes.settings, flags: 0, stream: 0, payload: "" });
      }
      const read = readFrames(held);
      if (!read) return { text: text + goAway(protocolError), isOver: true };
      held = held.slice(read.size);
      for (const { type, flags: set, ...frame } of read.frames) {
        if (type === frameTypes.goAway) return { text, isOver: true };
        const said = take(type, set, frame);
        if (said === undefined) return { text: text + goAway(compressionError), isOver: true };
        text += said;
      }
      return { text, isOver: false };
    },
  };
}

function goAway(code: number): string {
  return frameText({ type: frameTypes.goAway, flags: 0, stream: 0, payload: number(0, 4) + number(code, 4) });
}

function replyText(stream: number, reply: GrpcReply): string {
  const status: HttpHeader[] = [["grpc-status", String(reply.code)]];
  if ("message" in reply) status.push(["grpc-message", reply.message]);
  const head: readonly HttpHeader[] = [
    [":status", "200"],
    ["content-type", "application/grpc"],
  ];
  const block = (headers: readonly HttpHeader[], isLast: boolean) =>
    frameText({
      ...{ type: frameTypes.headers, stream, payload: headerBlock(headers) },
      flags: flags.endHeaders | (isLast ? flags.endStream : 0),
    });
  if (!("body" in reply)) return block([...head, ...status], true);
  return (
    block(head, false) +
    frameText({ type: frameTypes.data, flags: 0, stream, payload: reply.body }) +
    block(status, true)
  );
}
