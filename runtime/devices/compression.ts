import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Gzip } from "node:zlib";

/** A shorter answer is sooner sent than compressed. Kubernetes' own. */
export const compressedBytesMin = 128 * 1024;

const load = createRequire(import.meta.url);
const zlib = () => load("node:zlib") as typeof import("node:zlib");
/** Kubernetes' own: the fastest. */
const options = { level: 1 };

/** What a compressed answer says of itself. */
export const compressedHeaders = { "Content-Encoding": "gzip", Vary: "Accept-Encoding" } as const;

/** Whether a client takes answers compressed. */
export function takesGzip({ headers }: IncomingMessage): boolean {
  const accepted = headers["accept-encoding"];
  return typeof accepted === "string" && accepted.split(",").some((each) => each.trim() === "gzip");
}

/** Compresses a whole answer, in another thread. */
export function compress(body: Buffer, done: (compressed: Buffer) => void): void {
  zlib().gzip(body, options, (error, compressed) => {
    // There is nothing in a buffer that could not be compressed.
    if (error) throw error;
    done(compressed);
  });
}

/** Compresses an answer that comes in pieces. */
export interface Compressor {
  write(piece: string, encoding: BufferEncoding): void;
  /** Compresses what is left, then says that all is out. */
  end(done: () => void): void;
  /** What is not compressed yet. */
  waitingBytes(): number;
  destroy(): void;
}

/** Begins; `out` is given bytes, and `drained` is told when more can be taken. */
export function createCompressor(out: (bytes: Buffer) => void, drained: () => void): Compressor {
  const gzip: Gzip = zlib().createGzip(options);
  gzip.on("data", out);
  gzip.on("drain", drained);
  return {
    write: (piece, encoding) => void gzip.write(piece, encoding),
    end(done) {
      gzip.once("end", done);
      gzip.end();
    },
    waitingBytes: () => gzip.writableLength,
    destroy: () => void gzip.destroy(),
  };
}
