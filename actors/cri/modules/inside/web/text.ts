import type { ContextHost } from "./context_host.ts";
import { SimulatedDomException } from "./events.ts";

/** Makes the globals that turn texts into bytes and back. */
export function makeText(host: ContextHost): Record<string, unknown> {
  class TextEncoder {
    readonly encoding = "utf-8";
    encode(text = ""): Uint8Array {
      return new Uint8Array(host.encodeUtf8(String(text)));
    }
    encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
      let [read, written] = [0, 0];
      for (const character of text) {
        const bytes = host.encodeUtf8(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += character.length;
        written += bytes.length;
      }
      return { read, written };
    }
  }

  class TextDecoder {
    readonly encoding: string;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    readonly #decode: ReturnType<ContextHost["decoder"]>;

    constructor(encoding = "utf-8", options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
      this.encoding = String(encoding).toLowerCase() === "utf8" ? "utf-8" : String(encoding).toLowerCase();
      this.fatal = options.fatal === true;
      this.ignoreBOM = options.ignoreBOM === true;
      this.#decode = here(RangeError, () =>
        host.decoder(this.encoding, { fatal: this.fatal, ignoreBOM: this.ignoreBOM }),
      );
    }
    decode(bytes?: ArrayBuffer | ArrayBufferView, { stream = false }: { readonly stream?: boolean } = {}): string {
      return here(TypeError, () => this.#decode(bytesOf(bytes), stream));
    }
  }

  const invalid = class extends SimulatedDomException {
    constructor() {
      super("The string to be encoded contains invalid characters.", "InvalidCharacterError");
    }
  };
  return {
    TextEncoder,
    TextDecoder,
    btoa: (text: unknown) => here(invalid, () => host.toBase64(String(text))),
    atob: (text: unknown) => here(invalid, () => host.fromBase64(String(text))),
  };
}

/** The bytes that a buffer or a view of one holds. */
export function bytesOf(data: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (data === undefined) return new Uint8Array();
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

/** Errors of the host become errors of this context: nothing of the host's may leak in. */
export function here<Result>(Kind: new (message: string) => Error, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    throw new Kind(String((error as { message?: unknown }).message));
  }
}
