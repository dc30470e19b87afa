import type { IncomingMessage } from "node:http";
import type { DeviceContext } from "./device.ts";
import type { NetAnswer } from "./messages.ts";
import { bodyEncodingOf, bodyRefusals } from "./net_rules.ts";

/** How much of a body is taken, and for how long it may come. */
export interface BodyLimits {
  readonly bytesMax: number;
  readonly withinMs: number;
}

/** The bodies that one device holds: those that are being read, and those whose requests are not answered yet. */
export interface Bodies {
  /** Reads the body of a request: it is held until its `release`. */
  read(request: IncomingMessage, limits: BodyLimits, done: (answer: NetAnswer) => void): void;
  /** A request is answered, or its client is gone. */
  release(request: IncomingMessage): void;
}

interface Reading {
  readonly request: IncomingMessage;
  readonly sinceMs: number;
  readonly untilMs: number;
  finish(answer: NetAnswer): void;
}

/** What all clients of a device together may have sent in bodies of requests that are not answered yet. */
export const heldBytesMax = 64 * 1024 * 1024;
/** Who has had so long is cut off before those who have just begun, when there is no room for all. */
const fairMs = 1_000;
const lookEveryMs = 1_000;

/** Makes the bodies of one device. */
export function createBodies({ after, uptimeMs }: Pick<DeviceContext, "after" | "uptimeMs">): Bodies {
  /** In the order in which they began. */
  const readings = new Set<Reading>();
  const heldBytes = new Map<IncomingMessage, number>();
  let allBytes = 0;
  let isLooking = false;

  function hold(request: IncomingMessage, bytes: number) {
    heldBytes.set(request, (heldBytes.get(request) ?? 0) + bytes);
    allBytes += bytes;
  }

  function release(request: IncomingMessage) {
    allBytes -= heldBytes.get(request) ?? 0;
    heldBytes.delete(request);
  }

  /** Makes room, or says that there is none. */
  function hasRoom(bytes: number, asking: Reading): boolean {
    while (allBytes + bytes > heldBytesMax) {
      const [oldest] = readings;
      if (!oldest || oldest === asking || uptimeMs() - oldest.sinceMs < fairMs) return false;
      oldest.finish(bodyRefusals.noRoom);
    }
    return true;
  }

  function look() {
    isLooking = readings.size > 0;
    if (!isLooking) return;
    after(lookEveryMs, () => {
      const nowMs = uptimeMs();
      for (const reading of readings) if (nowMs >= reading.untilMs) reading.finish(bodyRefusals.tooSlow);
      look();
    });
  }

  function read(request: IncomingMessage, { bytesMax, withinMs }: BodyLimits, done: (answer: NetAnswer) => void) {
    const { headers } = request;
    if (Number(headers["content-length"] ?? 0) > bytesMax) return done(bodyRefusals.tooLong);
    if (request.destroyed) return done(bodyRefusals.gone);
    const chunks: Buffer[] = [];
    let size = 0;
    const nowMs = uptimeMs();
    const reading: Reading = {
      request,
      sinceMs: nowMs,
      untilMs: nowMs + withinMs,
      finish(answer) {
        readings.delete(reading);
        request.off("data", take).off("end", end).off("close", close);
        if (!answer.ok) {
          request.pause();
          release(request);
        }
        done(answer);
      },
    };
    function take(chunk: Buffer) {
      size += chunk.length;
      if (size > bytesMax) return reading.finish(bodyRefusals.tooLong);
      if (!hasRoom(chunk.length, reading)) return reading.finish(bodyRefusals.noRoom);
      hold(request, chunk.length);
      chunks.push(chunk);
    }
    function end() {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const encoding = bodyEncodingOf(headers["content-type"]);
      const body = bytes.toString(encoding ?? "utf8");
      reading.finish({ ok: true, body, ...(encoding ? { bodyEncoding: encoding } : {}) });
    }
    function close() {
      reading.finish(bodyRefusals.gone);
    }
    readings.add(reading);
    request.on("data", take).on("end", end).on("close", close);
    if (!isLooking) look();
  }

  return { read, release };
}
