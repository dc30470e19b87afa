import type { HttpsRequest, HttpsStreamRequest } from "../../../runtime/mod.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import type { Packet } from "../../network/packet.ts";

/** What an API server asks of its `net` device for the network of pods, beside what goes on with the outside. */
export type PodsSideRequest =
  /** Takes connections at this address of the cluster's network, and shows this certificate (PEM). Not answered with anything. */
  | { readonly op: "pods.listen"; readonly at: Endpoint; readonly cert: string }
  /** A packet has come for that address. */
  | { readonly op: "pods.packet"; readonly packet: Packet }
  /** Asks a server in a pod; answered with an `HttpsAnswer`. */
  | { readonly op: "pods.ask"; readonly to: Endpoint; readonly request: HttpsRequest }
  /** The same piece by piece; answered as the `https` device answers. */
  | { readonly op: "pods.stream"; readonly to: Endpoint; readonly request: HttpsStreamRequest };

/** Somebody has come to the port of a kubelet, of the node with that IP; answered as a request of the `net` device is. */
export interface KubeletRequest {
  readonly type: "kubelet.request";
  readonly ip: string;
  readonly exchange: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where kubelets are asked. */
export const kubeletPort = 10_250;

/** A packet that leaves the server: it goes to whoever has its target's address. */
export interface PodsSidePacket {
  readonly type: "pods.packet";
  readonly packet: Packet;
}
