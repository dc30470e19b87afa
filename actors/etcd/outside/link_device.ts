import { createRequire } from "node:module";
import type { Client, ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import type { Device, DeviceContext, DeviceDefinition } from "../../../runtime/devices/device.ts";
import { decodeMessage, encodeMessage } from "../protocol/codec.ts";
import { methods } from "../protocol/methods.ts";
import type { Given, MessageName, Received } from "../protocol/schema.ts";
import { linkNeeds } from "./link_rules.ts";
import type { EtcdEndpoint, EtcdUnwatched, EtcdWatched, LinkAnswer, LinkRequest } from "./messages.ts";

type WatchStream = ClientDuplexStream<Given<"WatchRequest">, Received<"WatchResponse">>;

/** Loaded on use: the workers of other actors do without it. */
const load = createRequire(import.meta.url);
const grpc = () => load("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
const watchPath = "/etcdserverpb.Watch/Watch";
const internal = 13;

/** The `etcd_link` device: a real etcd, asked over plain TCP. */
export const linkDevice: DeviceDefinition = { name: "etcd_link", needs: linkNeeds, open };

function open(context: DeviceContext): Device {
  let client: Client | undefined;
  let stream: WatchStream | undefined;

  function clientFor({ host, port }: EtcdEndpoint): Client {
    const { Client: GrpcClient, credentials } = grpc();
    // A list of a large cluster is one message.
    const options = { "grpc.max_receive_message_length": -1, "grpc.keepalive_time_ms": 10_000 };
    client ??= new GrpcClient(`${host}:${port}`, credentials.createInsecure(), options);
    return client;
  }

  function streamTo(endpoint: EtcdEndpoint): WatchStream {
    if (stream) return stream;
    const made = clientFor(endpoint).makeBidiStreamRequest(watchPath, writer("WatchRequest"), reader("WatchResponse"));
    stream = made;
    const over = (details: string) => {
      if (stream !== made) return;
      stream = undefined;
      const told: EtcdUnwatched = { type: "etcd.unwatched", details };
      context.push(told);
    };
    made.on("data", (message) => {
      const told: EtcdWatched = { type: "etcd.watched", message };
      context.push(told);
    });
    made.on("end", () => over("the stream has ended"));
    made.on("error", (error: ServiceError) => over(error.details || error.message));
    return made;
  }

  function call(request: LinkRequest & { readonly op: "call" }, done: (answer: LinkAnswer) => void) {
    const { endpoint, method, message, timeoutMs } = request;
    const { request: asked, response } = methods[method];
    const options = { deadline: Date.now() + timeoutMs };
    const answered = (error: ServiceError | null, found?: Received<MessageName>) => {
      if (error) done({ ok: false, code: error.code, details: error.details || error.message });
      else done({ ok: true, ...(found ? { message: found } : {}) });
    };
    clientFor(endpoint).makeUnaryRequest(method, writer(asked), reader(response), message, options, answered);
  }

  return {
    request(any, done) {
      const request = any as LinkRequest;
      if (request.op === "call") return call(request, done);
      try {
        streamTo(request.endpoint).write(request.message);
        done({ ok: true } satisfies LinkAnswer);
      } catch (error) {
        done({ ok: false, code: internal, details: String(error) } satisfies LinkAnswer);
      }
    },
    close() {
      const last = stream;
      stream = undefined;
      last?.cancel();
      client?.close();
    },
  };
}

const writer = (name: MessageName) => (message: Given<MessageName>) => Buffer.from(encodeMessage(name, message));

function reader<Name extends MessageName>(name: Name) {
  return (bytes: Buffer) => decodeMessage(name, bytes);
}
