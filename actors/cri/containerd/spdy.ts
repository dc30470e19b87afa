import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";

/**
 * The client's side of SPDY/3.1, as far as container runtimes speak it on their streaming servers: the client opens all
 * streams, and what the server says of them beside their bytes is not needed.
 *
 * @see https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */
export interface SpdyConnection {
  /** What the server chose of the protocols that it was asked for. */
  readonly protocol: string;
  open(headers: Readonly<Record<string, string>>, listener: SpdyListener): SpdyStream;
  /** Nothing more comes until `resume`: the server has to wait. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Who hears what comes on a stream. */
export interface SpdyListener {
  data(bytes: Buffer): void;
  /** The server writes no more. */
  end(): void;
}

/** A stream that the client has opened. */
export interface SpdyStream {
  /** `sent` is called when the bytes are on their way. */
  write(bytes: Buffer, sent: () => void): void;
  end(): void;
}

/** How a connection is made, and who hears that it is gone. */
export interface SpdyOptions {
  readonly url: string;
  /** Protocols on top, the best first. */
  readonly protocols: readonly string[];
  readonly closed: (error: string | undefined) => void;
}

const synStream = 1;
const rstStream = 3;
const ping = 6;
const goAway = 7;
const finFlag = 1;
const headBytes = 8;
/** So much of a refusal is told. */
const wordsCharsMax = 1_024;
/** How a zlib stream without a dictionary begins. */
const zlibHead = Buffer.from([0x78, 0x01]);
/** A stored block with nothing in it: what was before it is read by then. */
const flushed = Buffer.from([0, 0, 0, 0xff, 0xff]);
/** Of a stored block of deflate. */
const storedBytesMax = 65_535;
/** More than that in one frame is cut up: the length of a frame has 24 bits. */
const frameBytesMax = 64 * 1024;

/**
 * Connects to a streaming server and has it speak SPDY.
 *
 * @example
 * const connection = await connectSpdy({ url, protocols: ["v4.channel.k8s.io"], closed: () => {} });
 */
export function connectSpdy(options: SpdyOptions): Promise<SpdyConnection> {
  return new Promise((resolve, reject) => {
    const asked = request(options.url, {
      method: "POST",
      headers: {
        Connection: "Upgrade",
        Upgrade: "SPDY/3.1",
        "X-Stream-Protocol-Version": [...options.protocols],
        "Content-Length": "0",
      },
    });
    asked.on("upgrade", (answer: IncomingMessage, socket: Duplex, head: Buffer) => {
      resolve(speak(socket, head, { ...options, protocol: String(answer.headers["x-stream-protocol-version"] ?? "") }));
    });
    refusedBy(asked, reject);
    asked.end();
  });
}

function refusedBy(asked: ClientRequest, reject: (error: Error) => void): void {
  asked.on("error", reject);
  asked.on("response", (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (part: string) => {
      text = (text + part).slice(0, wordsCharsMax);
    });
    // Whether all of it came or not.
    answer.on("close", () => reject(new Error(`unable to upgrade connection: ${text.trim() || answer.statusCode}`)));
  });
}

function speak(
  socket: Duplex,
  head: Buffer,
  { protocol, closed }: SpdyOptions & { readonly protocol: string },
): SpdyConnection {
  const listeners = new Map<number, SpdyListener>();
  let waiting: Buffer = head;
  let last = -1;
  let isOver = false;
  let hasHeaders = false;

  const over = (error?: string) => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    closed(error);
  };
  const ended = (stream: number) => {
    const listener = listeners.get(stream);
    if (listeners.delete(stream)) listener?.end();
  };

  function take(): void {
    while (!isOver && waiting.length >= headBytes) {
      const length = waiting.readUIntBE(5, 3);
      if (waiting.length < headBytes + length) return;
      const frame = waiting.subarray(0, headBytes + length);
      waiting = waiting.subarray(headBytes + length);
      if ((frame.readUInt8(0) & 0x80) === 0) takeData(frame);
      else takeControl(frame);
    }
  }

  function takeData(frame: Buffer): void {
    const stream = frame.readUInt32BE(0);
    if (frame.length > headBytes) listeners.get(stream)?.data(frame.subarray(headBytes));
    if (frame.readUInt8(4) & finFlag) ended(stream);
  }

  function takeControl(frame: Buffer): void {
    const type = frame.readUInt16BE(2);
    const isAboutStream = frame.length >= headBytes + 4;
    if (type === ping) socket.write(frame);
    else if (type === goAway) over();
    else if (type === rstStream && !isAboutStream) over("the runtime sent a frame that is too short");
    else if (isAboutStream && (type === rstStream || frame.readUInt8(4) & finFlag))
      ended(frame.readUInt32BE(headBytes) & 0x7fff_ffff);
  }

  socket.on("data", (bytes: Buffer) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    take();
  });
  socket.on("error", (error: Error) => over(error.message));
  socket.on("close", () => over());
  // Whoever called has to hold the connection before it hears of anything.
  setImmediate(take);

  return {
    protocol,
    open(headers, listener) {
      last += 2;
      const stream = last;
      listeners.set(stream, listener);
      socket.write(openingFrame(stream, headers, hasHeaders));
      hasHeaders = true;
      return {
        write(bytes, sent) {
          for (let at = 0; at < bytes.length; at += frameBytesMax) {
            const part = bytes.subarray(at, at + frameBytesMax);
            const isLast = at + frameBytesMax >= bytes.length;
            socket.write(dataFrame(stream, part, 0), isLast ? () => sent() : undefined);
          }
        },
        end: () => void socket.write(dataFrame(stream, Buffer.alloc(0), finFlag)),
      };
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => over(),
  };
}

function dataFrame(stream: number, bytes: Buffer, flags: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(stream, 0);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([head, bytes]);
}

function openingFrame(stream: number, headers: Readonly<Record<string, string>>, isLater: boolean): Buffer {
  const block = headerBlock(headers, isLater);
  const head = Buffer.alloc(headBytes + 10);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(synStream, 2);
  head.writeUIntBE(10 + block.length, 5, 3);
  head.writeUInt32BE(stream, headBytes);
  return Buffer.concat([head, block]);
}

/**
 * Headers as one stretch of the zlib stream that all of a connection's headers are: stored as they are, which needs no
 * dictionary and no state but whether the stream has begun.
 */
function headerBlock(headers: Readonly<Record<string, string>>, isLater: boolean): Buffer {
  const entries = Object.entries(headers);
  const words = entries.flatMap(([name, value]) => [counted(name.toLowerCase()), counted(value)]);
  const plain = Buffer.concat([uint32(entries.length), ...words]);
  if (plain.length > storedBytesMax) throw new Error(`Cannot open a stream: its headers have ${plain.length} bytes`);
  const stored = Buffer.alloc(5);
  stored.writeUInt16LE(plain.length, 1);
  stored.writeUInt16LE(plain.length ^ 0xffff, 3);
  return Buffer.concat([isLater ? Buffer.alloc(0) : zlibHead, stored, plain, flushed]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
