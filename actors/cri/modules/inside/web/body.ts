/** What a request or response of a simulated container is made with. */
export type BodyInput = string | ArrayBuffer | ArrayBufferView | URLSearchParams | ReadableStream<Uint8Array>;

/** What the body of a request or response is, before somebody streams it. */
export interface BodySource {
  readonly bytes?: Uint8Array;
  readonly stream?: ReadableStream<Uint8Array>;
  /** The content type that it implies. */
  readonly type?: string;
}

/** Understands a body as it is given to a constructor. */
export function bodySource(input: BodyInput): BodySource {
  if (input instanceof ReadableStream) {
    if (input.locked) throw new TypeError("Body cannot be a stream that is locked or was read");
    return { stream: input };
  }
  if (input instanceof ArrayBuffer) return { bytes: new Uint8Array(input.slice(0)) };
  if (ArrayBuffer.isView(input)) {
    return {
      bytes: new Uint8Array(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength) as ArrayBuffer),
    };
  }
  const bytes = new TextEncoder().encode(String(input));
  const isForm = input instanceof URLSearchParams;
  return { bytes, type: isForm ? "application/x-www-form-urlencoded;charset=UTF-8" : "text/plain;charset=UTF-8" };
}

/** What requests and responses have in common. */
export class SimulatedBody {
  #source: BodySource | undefined;
  #isUsed = false;
  #stream: ReadableStream<Uint8Array> | undefined;

  constructor(source: BodySource | undefined) {
    this.#source = source;
  }

  /** All of it at once, when it was given so and nobody streams it; then it counts as read. */
  static takeWhole(body: SimulatedBody): Uint8Array | undefined {
    if (body.#stream || body.#isUsed) return undefined;
    const bytes = body.#source?.bytes;
    if (bytes) body.#isUsed = true;
    return bytes;
  }

  /** The body of a copy; one that is a stream is split in two. */
  static copy(body: SimulatedBody): BodySource | undefined {
    if (body.bodyUsed || body.#stream?.locked) throw new TypeError("Cannot clone: its body was read");
    if (body.#source?.bytes && !body.#stream) return body.#source;
    if (body.body === null) return undefined;
    const [first, second] = body.body.tee();
    body.#stream = first;
    return { stream: second as ReadableStream<Uint8Array> };
  }

  /** Gives the body away: to a request that is made of this one. */
  static move(body: SimulatedBody): BodySource | undefined {
    if (body.bodyUsed)
      throw new TypeError("Cannot construct a Request with a Request object that has already been used");
    const source = body.#stream ? { stream: body.#stream } : body.#source;
    if (source) body.#isUsed = true;
    return source;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (!this.#stream && this.#source) {
      const { bytes, stream } = this.#source;
      this.#stream = stream ?? streamOf(bytes ?? new Uint8Array());
    }
    return this.#stream ?? null;
  }

  get bodyUsed(): boolean {
    // A polyfilled stream knows by itself whether it was disturbed; its name for that begins with an underscore.
    const disturbed = (this.#stream as { _disturbed?: boolean } | undefined)?._disturbed === true;
    return this.#isUsed || disturbed;
  }

  async bytes(): Promise<Uint8Array> {
    if (this.bodyUsed || this.#stream?.locked) throw new TypeError("Body is unusable: it was read already");
    if (!this.#source) return new Uint8Array();
    if (!this.#stream && this.#source.bytes) {
      this.#isUsed = true;
      return this.#source.bytes.slice();
    }
    const stream = this.body as ReadableStream<Uint8Array>;
    this.#isUsed = true;
    const reader = stream.getReader();
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return joined(chunks);
      if (!(value instanceof Uint8Array)) throw new TypeError("Received non-Uint8Array chunk");
      chunks.push(value);
    }
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer as ArrayBuffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
