import type { ContextHost } from "./context_host.ts";
import { SimulatedDomException } from "./events.ts";
import { bytesOf, here } from "./text.ts";

class NotSupported extends SimulatedDomException {
  constructor(message: string) {
    super(message, "NotSupportedError");
  }
}

/** `crypto` of a simulated container: random numbers are the simulation's, of `subtle` there is `digest`. */
export function makeCrypto(host: ContextHost): Record<string, unknown> {
  function getRandomValues<View extends ArrayBufferView>(view: View): View {
    const bytes = bytesOf(view);
    for (let at = 0; at < bytes.length; at += 4) {
      const word = host.random32();
      for (let byte = 0; byte < 4 && at + byte < bytes.length; byte++) bytes[at + byte] = word >>> (8 * byte);
    }
    return view;
  }

  function randomUUID(): string {
    const bytes = getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  async function digest(algorithm: string | { readonly name: string }, data: ArrayBuffer | ArrayBufferView) {
    const name = typeof algorithm === "string" ? algorithm : algorithm.name;
    return new Uint8Array(here(NotSupported, () => host.digest(name, bytesOf(data)))).buffer;
  }

  return { getRandomValues, randomUUID, subtle: { digest } };
}
