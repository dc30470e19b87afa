import { chunksUnderWayMax } from "../module_runner.ts";

/** A body that comes from outside, chunk by chunk. */
export interface InboundBody {
  readonly stream: ReadableStream<Uint8Array>;
  chunk(data: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

/** Makes a body to read; `onTaken` is called for each chunk that was read, `onCancel` when no more is wanted. */
export function inboundBody(onTaken: () => void, onCancel: () => void = () => {}): InboundBody {
  const waiting: Uint8Array[] = [];
  let isOver = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let wanted = false;
  const give = () => {
    const data = wanted ? waiting.shift() : undefined;
    if (data !== undefined) {
      wanted = false;
      controller?.enqueue(data);
      onTaken();
    }
    if (isOver && waiting.length === 0) {
      controller?.close();
      controller = undefined;
    }
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(made) {
        controller = made;
      },
      pull() {
        wanted = true;
        give();
      },
      cancel() {
        controller = undefined;
        waiting.length = 0;
        onCancel();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    chunk(data) {
      if (controller === undefined) return onTaken();
      waiting.push(data);
      give();
    },
    end() {
      isOver = true;
      give();
    },
    fail(error) {
      controller?.error(error);
      controller = undefined;
    },
  };
}

/** Where a body goes. */
export interface OutboundTarget {
  chunk(data: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

/** A body on its way out: at most `chunksUnderWayMax` chunks of it are under way. */
export interface OutboundBody {
  taken(): void;
  /** Nobody wants the rest. */
  cancel(reason: unknown): void;
}

/** Sends a body, as fast as its chunks are taken. */
export function outboundBody(stream: ReadableStream<Uint8Array>, target: OutboundTarget): OutboundBody {
  const reader = stream.getReader();
  let underWay = 0;
  let isReading = false;
  let isOver = false;
  const read = () => {
    if (isReading || isOver || underWay >= chunksUnderWayMax) return;
    isReading = true;
    reader.read().then(
      ({ done, value }) => {
        isReading = false;
        if (isOver) return;
        if (done) {
          isOver = true;
          return target.end();
        }
        if (!ArrayBuffer.isView(value)) return fail(new TypeError("Received non-Uint8Array chunk"));
        if (value.byteLength > 0) {
          underWay++;
          target.chunk(value);
        }
        read();
      },
      (error) => (isOver ? undefined : fail(error)),
    );
  };
  const fail = (error: unknown) => {
    isOver = true;
    reader.cancel(error).catch(() => {});
    target.fail(error);
  };
  read();
  return {
    taken() {
      underWay--;
      read();
    },
    cancel(reason) {
      if (isOver) return;
      isOver = true;
      reader.cancel(reason).catch(() => {});
    },
  };
}
