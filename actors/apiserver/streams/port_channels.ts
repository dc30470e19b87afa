import type { Step } from "../../../runtime/mod.ts";
import { acceptChannels, type ChannelHandler } from "./channels.ts";
import { closeBroken, closeNormal } from "./client_side.ts";
import { type KubeletGuest, leaveKubelet, visitKubelet } from "./guests.ts";
import {
  closeStream,
  endStream,
  type KubeletStream,
  type KubeletStreams,
  openStream,
  takeFrom,
  writeStream,
} from "./kubelet_streams.ts";
import type { PortForwardSession } from "./port_forward.ts";
import { bytesOf } from "./text_bytes.ts";

/** The older way to forward ports, which Kubernetes' libraries for Python and JavaScript speak. */
export const portChannelProtocols = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io", ""] as const;

/**
 * Leads one connection to each of some ports between a WebSocket and a kubelet: the first byte of a message is its
 * channel, each port has one for its bytes and one for its error, and the first word on each is the port's number.
 *
 * Source: the kubelet's `portforward` protocol for WebSockets.
 */
export function beginPortChannels(
  streams: KubeletStreams,
  { client, protocol, kubelet, purposeOf, explain, ports }: PortForwardSession & { readonly ports: readonly number[] },
  step: Step,
): void {
  const guest: KubeletGuest = { lost: (later) => end(later, closeBroken, "the kubelet is gone") };
  const open = new Map<number, KubeletStream>();
  const handler: ChannelHandler = {
    message(channel, data, taken, later) {
      const stream = open.get(channel);
      if (stream) writeStream(stream, later, { channel: "data", data, taken });
      else taken(later);
    },
    closed: (later) => forgetAll(later),
  };
  const out = acceptChannels(client, step, { protocol, handler });
  visitKubelet(streams.guests, kubelet, guest, step);
  for (const [index, port] of ports.entries()) {
    const [bytes, errors] = [2 * index, 2 * index + 1];
    const number = String.fromCharCode(port & 255, port >> 8);
    for (const channel of [bytes, errors]) out.send({ channel, data: number }, step);
    const finish = (why: string, later: Step) => {
      if (why !== "") out.send({ channel: errors, data: bytesOf(why) }, later);
      open.delete(bytes);
      if (open.size === 0) end(later, closeNormal, "");
    };
    const stream = openStream(streams, step, {
      kubelet,
      purpose: purposeOf(port),
      client: {
        opened: () => {},
        refused: (refused, later) => finish(explain(port, refused), later),
        data(_channel, data, later) {
          out.send({ channel: bytes, data, taken: (when) => takeFrom(stream, when, data.length) }, later);
        },
        // A channel has no end of its own, so that the client cannot say that it is done, too.
        ended: (later) => endStream(stream, later),
        closed: ({ error }, later) => finish(error === undefined ? "" : explain(port, error), later),
      },
    });
    open.set(bytes, stream);
  }

  function forgetAll(later: Step) {
    leaveKubelet(streams.guests, kubelet, guest, later);
    const left = [...open.values()];
    open.clear();
    for (const stream of left) closeStream(streams, stream, later);
  }

  function end(later: Step, code: number, reason: string) {
    forgetAll(later);
    out.close(later, code, reason);
  }
}
