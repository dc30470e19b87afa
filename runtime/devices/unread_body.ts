import type { IncomingMessage, ServerResponse } from "node:http";
import type { DeviceContext } from "./device.ts";
import { type Http2Stream, streamOf } from "./http2_door.ts";

/** So much of a body that nobody wants is read and thrown away, so that the connection can go on, as Go's servers do. */
const thrownAwayBytesMax = 256 * 1024;
/** How long it may take to come. */
const thrownAwayMs = 5_000;
/** How long a connection that is about to end stays, so that its client finds the answer before the end. */
const lingerMs = 500;

/** Whether a request has a body that has not come to its end. */
export function isBodyUnread(request: IncomingMessage): boolean {
  const { headers, complete } = request;
  const stream = streamOf(request);
  if (stream) return !stream.endAfterHeaders && !request.readableEnded;
  return !complete && (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);
}

/** Whether a connection cannot go on after an answer: more would have to be read than is thrown away. */
export function endsConnection(request: IncomingMessage): boolean {
  const { headers } = request;
  // Other requests of the connection have nothing to do with this one's body.
  if (streamOf(request)) return false;
  // Who waits to be told to go on may send the body all the same, or not.
  if (headers.expect !== undefined) return true;
  return !(Number(headers["content-length"] ?? Number.POSITIVE_INFINITY) <= thrownAwayBytesMax);
}

/**
 * Ends a response that is written, though the body of its request is not read: so much of the body is read as lets the
 * connection go on; if there is more, the connection ends.
 */
export function endUnread(request: IncomingMessage, response: ServerResponse, after: DeviceContext["after"]) {
  const stream = streamOf(request);
  if (stream) return endUnreadStream({ request, response, stream }, after);
  const isLast = endsConnection(request);
  let left = thrownAwayBytesMax;
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.once("end", () => response.end());
  request.resume();
  after(isLast ? lingerMs : thrownAwayMs, () => {
    if (response.writableEnded) return;
    if (isLast) response.end();
    else response.destroy();
  });
}

/** Over HTTP/2 only the stream ends, by itself where the body does: a client whose stream is cut may not see its answer. */
function endUnreadStream(
  {
    request,
    response,
    stream,
  }: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly stream: Http2Stream },
  after: DeviceContext["after"],
): void {
  let left = thrownAwayBytesMax;
  let isWritten = false;
  // The client is told, without an error, to send no more of it.
  const close = () => {
    if (isWritten && left < 0 && !stream.closed) stream.close();
  };
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0) return;
    request.pause();
    close();
  });
  request.resume();
  response.end(() => {
    isWritten = true;
    close();
  });
  after(thrownAwayMs, () => {
    left = -1;
    close();
  });
}
