import { createRequire } from "node:module";
import type { Client, ServiceError } from "@grpc/grpc-js";
import { messageCodec } from "../../api/protobuf_codec.ts";
import { ok, type Result } from "../../kit/result.ts";
import { failedCall } from "../cri_answers.ts";
import type { CriCode, CriFailure } from "../messages.ts";
import { type MethodName, methods, pathOf } from "./cri_methods.ts";
import { type Given, type MessageName, type Received, schema } from "./cri_schema.ts";

type Methods = typeof methods;

/** A container runtime behind a unix socket. */
export interface CriClient {
  /** Asks it; what it refuses, and that nobody answers, are failures with gRPC's codes. Default: two minutes. */
  call<Name extends MethodName>(
    name: Name,
    message: Given<Methods[Name]["request"]>,
    timeoutMs?: number,
  ): Promise<Result<Received<Methods[Name]["response"]>, CriFailure>>;
  close(): void;
}

/** Kubernetes calls it runtimeRequestTimeout. */
const timeoutMsDefault = 120_000;
const reconnectMsMax = 3_000;
/** As a kubelet allows it. */
const messageBytesMax = 16 * 1024 * 1024;

/** gRPC's codes, as far as they say more than that a call failed. */
const codes: Readonly<Record<number, CriCode>> = {
  4: "DEADLINE_EXCEEDED",
  5: "NOT_FOUND",
  6: "ALREADY_EXISTS",
  14: "UNAVAILABLE",
};

/** Loaded on use: a cluster of played containers does without it. */
const load = createRequire(import.meta.url);
const grpc = () => load("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
const codec = messageCodec(schema);

const writer = (name: MessageName) => (message: Given<MessageName>) => Buffer.from(codec.encode(name, message));

function reader<Name extends MessageName>(name: Name) {
  return (bytes: Buffer) => codec.decode(name, bytes);
}

/**
 * A client of the CRI at a unix socket, by its path; it connects when it is first asked.
 *
 * @example
 * const answer = await criClient("/run/containerd/containerd.sock").call("Version", {});
 */
export function criClient(socket: string): CriClient {
  let client: Client | undefined;

  function connected(): Client {
    const { Client: GrpcClient, credentials } = grpc();
    const options = {
      "grpc.max_receive_message_length": messageBytesMax,
      // One that was started again is to be found soon.
      "grpc.max_reconnect_backoff_ms": reconnectMsMax,
    };
    client ??= new GrpcClient(`unix:${socket}`, credentials.createInsecure(), options);
    return client;
  }

  return {
    call<Name extends MethodName>(name: Name, message: Given<Methods[Name]["request"]>, timeoutMs = timeoutMsDefault) {
      const { request, response } = methods[name];
      return new Promise<Result<Received<Methods[Name]["response"]>, CriFailure>>((resolve) => {
        const answered = (error: ServiceError | null, found?: Received<MessageName>) => {
          if (error) resolve(failedCall(codes[error.code] ?? "UNKNOWN", error.details || error.message));
          else resolve(ok(found as Received<Methods[Name]["response"]>));
        };
        const options = { deadline: Date.now() + timeoutMs };
        connected().makeUnaryRequest(pathOf(name), writer(request), reader(response), message, options, answered);
      });
    },
    close() {
      client?.close();
      client = undefined;
    },
  };
}
