import v8 from "node:v8";
import vm from "node:vm";

type Constructor = new (...parts: never[]) => { readonly byteLength: number };

/** What an image makes buffers with. */
const constructors: Readonly<Record<string, Constructor>> = {
  ArrayBuffer,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** It is looked at every so many bytes. */
const stepBytes = 1024 * 1024;

/** Holds buffers to a limit. */
export interface BufferLimit {
  /** The constructors that count, by their names: for the image. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** So many bytes have come. */
  count(bytes: number): void;
}

/** Buffers lie outside of the heap that V8 limits: this tells when they take more than they may, and makes no more. */
export function bufferLimit(limitBytes: number, exceeded: () => void): BufferLimit {
  let uncounted = 0;
  let collect: (() => void) | undefined;
  const isOver = () => process.memoryUsage().arrayBuffers > limitBytes;

  /** What nobody holds any more does not count. The second time waits for what the first one began to free. */
  function collectGarbage() {
    v8.setFlagsFromString("--expose-gc");
    collect ??= vm.runInNewContext("gc") as () => void;
    collect();
    collect();
  }

  function count(bytes: number) {
    uncounted += bytes;
    if (uncounted < stepBytes) return;
    uncounted = 0;
    if (!isOver()) return;
    collectGarbage();
    if (!isOver()) return;
    exceeded();
    throw new RangeError("Array buffer allocation failed");
  }

  const counted = (original: Constructor) =>
    new Proxy(original, {
      construct(target, parts, made) {
        const value = Reflect.construct(target, parts, made) as { readonly byteLength: number };
        // A view of what is there already takes nothing.
        if (typeof parts[0] !== "object" || !(parts[0] instanceof ArrayBuffer)) count(value.byteLength);
        return value;
      },
    });
  const globals = Object.fromEntries(Object.entries(constructors).map(([name, made]) => [name, counted(made)]));
  return { globals, count };
}
