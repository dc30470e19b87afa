import { createRequire } from "node:module";
import type { Server, ServerDuplexStream } from "@grpc/grpc-js";
import type { Device, DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import { grpcNeeds } from "./grpc_rules.ts";
import type { EtcdCall, EtcdGone, EtcdSocket, EtcdTold, GrpcAnswer, GrpcRequest } from "./messages.ts";
import { decodeMessage, encodeMessage } from "./protocol/codec.ts";
import { type MethodPath, methods } from "./protocol/methods.ts";
import type { Given, MessageName, Received } from "./protocol/schema.ts";

type Call = ServerDuplexStream<Received<MessageName>, Given<MessageName>>;

/** etcd's limit on a request, and what it allows for the rest of a message. */
const requestBytesMax = 2 * 1024 * 1024;
/** A client that does not take its answers is cut off when so much waits for it. */
const unsentBytesMax = 64 * 1024 * 1024;
const resourceExhausted = 8;

/** Loaded on use: the workers of other actors do without it. */
const load = createRequire(import.meta.url);
const grpc = () => load("@grpc/grpc-js") as typeof import("@grpc/grpc-js");

/** The `grpc` device: etcd's API on a real port, with mutual TLS. */
export const grpcDevice: DeviceDefinition = { name: "grpc", needs: grpcNeeds, open };

function open(context: DeviceContext): Device {
  const calls = new Map<number, Call>();
  let server: Server | undefined;
  let lastCall = 0;
  let isOver = false;

  function take(method: MethodPath, stream: Call) {
    const call = ++lastCall;
    calls.set(call, stream);
    const end = (isHalf: boolean) => {
      if (!calls.has(call)) return;
      if (!isHalf) calls.delete(call);
      const gone: EtcdGone = { type: "etcd.gone", call, isHalf };
      context.push(gone);
    };
    stream.on("data", (message) => {
      const told: EtcdCall = { type: "etcd.call", call, method, message };
      context.push(told);
    });
    stream.on("end", () => end(true));
    stream.on("cancelled", () => end(false));
    stream.on("error", () => end(false));
  }

  async function listen({ host, port, cert, key, clientCa }: EtcdSocket): Promise<GrpcAnswer> {
    const { ServerCredentials, Server: GrpcServer } = grpc();
    const made = new GrpcServer({ "grpc.max_receive_message_length": requestBytesMax });
    made.addService(serviceOf(), handlersOf(take) as never);
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const credentials = ServerCredentials.createSsl(Buffer.from(clientCa), [pair], true);
    return await new Promise((resolve) => {
      made.bindAsync(`${host}:${port}`, credentials, (error, found) => {
        if (error) return resolve({ ok: false, code: "EADDRINUSE", message: error.message });
        if (isOver) made.forceShutdown();
        server = made;
        resolve({ ok: true, port: found });
      });
    });
  }

  function tell({ call, messages, end }: EtcdTold): GrpcAnswer {
    const stream = calls.get(call);
    if (!stream) return { ok: false, code: "ECONNRESET", message: `Cannot tell call ${call} anything: it is over` };
    for (const message of messages) stream.write(message);
    if (stream.writableLength > unsentBytesMax) {
      cut(stream, { code: resourceExhausted, details: "etcdserver: the client does not take what it is told" });
      return { ok: false, code: "EMSGSIZE", message: `Cannot tell call ${call} more: it takes nothing` };
    }
    if (end === "ok") {
      calls.delete(call);
      stream.end();
    } else if (end) {
      calls.delete(call);
      cut(stream, end);
    }
    return { ok: true };
  }

  function tellOne(told: EtcdTold, done: (answer: GrpcAnswer) => void) {
    const answer = tell(told);
    const stream = calls.get(told.call);
    if (!told.isPaced || !answer.ok || !stream?.writableNeedDrain) return done(answer);
    const go = () => {
      stream.off("drain", go);
      stream.off("close", go);
      done(answer);
    };
    stream.once("drain", go);
    stream.once("close", go);
  }

  return {
    request(any, done) {
      const request = any as GrpcRequest;
      if (request.op === "tell") tellOne(request, done);
      else void listen(request).then(done, (error: Error) => done({ ok: false, code: "EIO", message: error.message }));
    },
    close() {
      isOver = true;
      calls.clear();
      server?.forceShutdown();
    },
  };
}

function cut(stream: Call, status: { readonly code: number; readonly details: string }) {
  stream.emit("error", status);
}

/**
 * Each method as a stream of messages both ways: a call of one question and one answer looks the same on the wire, so
 * that one way of serving is enough.
 */
function serviceOf() {
  const codecOf = (name: MessageName) => ({
    serialize: (message: Given<MessageName>) => Buffer.from(encodeMessage(name, message)),
    deserialize: (bytes: Buffer) => decodeMessage(name, bytes),
  });
  const entries = Object.entries(methods).map(([path, { request, response }]) => {
    const [asked, answered] = [codecOf(request), codecOf(response)];
    const definition = {
      ...{ path, requestStream: true, responseStream: true },
      ...{ requestSerialize: asked.serialize, requestDeserialize: asked.deserialize },
      ...{ responseSerialize: answered.serialize, responseDeserialize: answered.deserialize },
    };
    return [path, definition] as const;
  });
  return Object.fromEntries(entries);
}

function handlersOf(take: (method: MethodPath, stream: Call) => void) {
  const entries = (Object.keys(methods) as MethodPath[]).map((path) => [path, (stream: Call) => take(path, stream)]);
  return Object.fromEntries(entries) as Readonly<Record<string, (stream: Call) => void>>;
}
