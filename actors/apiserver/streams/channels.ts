import type { Step } from "../../../runtime/mod.ts";
import type { ClientSide, Taken } from "./client_side.ts";

/** What comes on a WebSocket whose messages belong to channels. */
export interface ChannelHandler {
  /** Bytes, a character each; call `taken` when they are dealt with. */
  message(channel: number, data: string, taken: Taken, step: Step): void;
  /** The client says no more on a channel; a WebSocket's channels cannot end by themselves. */
  ended?(channel: number, step: Step): void;
  /** The client is gone. */
  closed(step: Step): void;
}

/** What is said on a channel. */
export interface Said {
  readonly channel: number;
  /** Bytes, a character each. */
  readonly data: string;
  /** Called when it is on its way. */
  readonly taken?: Taken | undefined;
}

/** The server's end of such a WebSocket. */
export interface ChannelsOut {
  send(said: Said, step: Step): void;
  close(step: Step, code: number, reason: string): void;
}

const zero = "0".charCodeAt(0);

/** Whether a protocol writes its messages as text in base64, for clients that have no bytes. */
export function isBase64Protocol(protocol: string): boolean {
  return /(?:^|\.)base64\./.test(protocol);
}

/**
 * Accepts a WebSocket whose messages begin with their channel: a byte, or with the protocols in base64 a digit, after
 * which the data is in base64.
 *
 * Source: apimachinery's `wsstream`.
 */
export function acceptChannels(
  client: ClientSide,
  step: Step,
  { protocol, handler }: { readonly protocol: string; readonly handler: ChannelHandler },
): ChannelsOut {
  const isText = isBase64Protocol(protocol);
  const out = client.accept(step, protocol, {
    frame(frame, later) {
      const taken = (when: Step) => out.taken(frame.length, when);
      const data = isText ? bytesOfBase64(frame.slice(1)) : frame.slice(1);
      // As in Kubernetes, what cannot be read is passed over.
      if (data === undefined) return taken(later);
      handler.message(frame.charCodeAt(0) - (isText ? zero : 0), data, taken, later);
    },
    closed: (later) => handler.closed(later),
  });
  return {
    send({ channel, data, taken }, later) {
      if (isText) out.sendText(String.fromCharCode(zero + channel) + btoa(data), later, taken);
      else out.send(String.fromCharCode(channel) + data, later, taken);
    },
    close: (later, code, reason) => out.close(later, code, reason),
  };
}

function bytesOfBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
