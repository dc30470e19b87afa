import type { HttpHeader } from "../http/http_message.ts";
import { flags, frameText, frameTypes, preface, readFrames } from "./frames.ts";
import { headerBlock, readHeaders } from "./headers.ts";

/** What came of a call: the message of the answer, and what its trailers say. */
export type GrpcOutcome =
  | { readonly kind: "answer"; readonly code: number; readonly message: string; readonly body: string }
  /** What the server says is no gRPC. */
  | { readonly kind: "nonsense" };

/** The client's end of a connection that asks one question. */
export interface GrpcClient {
  /** What is sent first: all of the question. */
  readonly question: string;
  receive(data: string): void;
}

/** Asks one question; `done` is told once, `write` carries what the protocol itself wants to be said. */
export function grpcClient(
  { path, authority, message }: { readonly path: string; readonly authority: string; readonly message: string },
  { done, write }: { done(outcome: GrpcOutcome): void; write(data: string): void },
): GrpcClient {
  const headers: readonly HttpHeader[] = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", authority],
    ["content-type", "application/grpc"],
    ["user-agent", "kube-probe/1.34"],
    ["te", "trailers"],
  ];
  const settings = frameText({ type: frameTypes.settings, flags: 0, stream: 0, payload: "" });
  const head = { type: frameTypes.headers, flags: flags.endHeaders, stream: 1, payload: headerBlock(headers) };
  const data = { type: frameTypes.data, flags: flags.endStream, stream: 1, payload: message };
  let held = "";
  let body = "";
  let isOver = false;
  const finish = (outcome: GrpcOutcome) => {
    if (!isOver) done(outcome);
    isOver = true;
  };
  return {
    question: preface + settings + frameText(head) + frameText(data),
    receive(bytes) {
      held += bytes;
      const read = readFrames(held);
      if (!read) return finish({ kind: "nonsense" });
      held = held.slice(read.size);
      for (const { type, flags: set, payload } of read.frames) {
        if (type === frameTypes.settings && !(set & flags.ack))
          write(frameText({ type: frameTypes.settings, flags: flags.ack, stream: 0, payload: "" }));
        else if (type === frameTypes.data) body += payload;
        else if (type === frameTypes.goAway || type === frameTypes.reset) finish({ kind: "nonsense" });
        else if (type === frameTypes.headers && set & flags.endStream) {
          const trailers = readHeaders(payload);
          const value = (name: string) => trailers?.find(([each]) => each === name)?.[1];
          const code = value("grpc-status");
          if (code === undefined) finish({ kind: "nonsense" });
          else finish({ kind: "answer", code: Number(code), message: value("grpc-message") ?? "", body });
        }
      }
    },
  };
}
