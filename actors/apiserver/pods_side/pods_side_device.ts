import type { DeviceContext, DeviceDefinition } from "../../../runtime/devices/device.ts";
import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type {
  HttpsAnswer,
  HttpsHeaders,
  HttpsRequest,
  HttpsStreamRequest,
  Message,
  NetMessage,
} from "../../../runtime/mod.ts";
import type { End, EndHandlers, Moment, Transport } from "../../network/connection.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { bytesOfText, textOfBytes } from "../../network/http/byte_text.ts";
import type { Packet } from "../../network/packet.ts";
import { createPorts } from "../../network/ports.ts";
import { createTransport } from "../../network/transport.ts";
import { type AnswerSink, type Asking, askPod, type PodConversation } from "./ask_pod_device.ts";
import { createPodStreams } from "./pod_streams_device.ts";
import { type KubeletRequest, kubeletPort, type PodsSideRequest } from "./pods_side.ts";
import { type ExchangeRequest, type ServedConnection, serveConnection } from "./serve_connection.ts";

/** So long a pod has to end what has switched protocols, when it was told that nothing more is said. */
const farewellMs = 10_000;

/**
 * The `net` device of an API server that is in the network of pods, too: who comes from there is told of as who comes
 * from outside is, by exchanges with numbers below zero. All else is the device's own.
 */
export function withPodsSide(net: DeviceDefinition): DeviceDefinition {
  return {
    ...net,
    needs: (request, address) => (isOfPods(request) ? undefined : net.needs(request, address)),
    open(context) {
      const device = net.open(context);
      let side: PodsSide | undefined;
      return {
        request(any, done, mishap) {
          if (!isOfPods(any)) return device.request(any, done, mishap);
          side ??= createPodsSide(context);
          if (!("exchange" in any)) return side.request(any, done);
          side.exchange(any, done);
        },
        close(crashed) {
          device.close(crashed);
        },
      };
    },
  };
}

function isOfPods(request: unknown): request is PodsSideRequest | ExchangeRequest {
  const { op = "", exchange = 0 } = request as { readonly op?: string; readonly exchange?: number };
  return exchange < 0 || op.startsWith("pods.");
}

type Done = (answer: unknown) => void;

interface PodsSide {
  request(request: PodsSideRequest, done: Done): void;
  exchange(request: ExchangeRequest, done: Done): void;
}

function createPodsSide(context: DeviceContext): PodsSide {
  const exchanges = new Map<number, ServedConnection>();
  const at: () => Moment = () => ({ uptimeMs: context.uptimeMs(), int: (below) => context.random.int(below) });
  const ports = createPorts(context.random.int(2 ** 16));
  const streams = createPodStreams();
  let place: { readonly at: Endpoint; readonly cert: string } | undefined;
  let numbers = 0;
  let armedMs: number | undefined;

  const transport: Transport<Moment> = createTransport<Moment>({
    send: (packet) => context.push({ type: "pods.packet", packet } as Message),
    offered: (end, when) => (isServed(end.local) ? serve(end, when) : transport.refuse(end, when)),
    gone: (end) => (end.isOpener ? ports.free(end.local.ip, end.local.port) : undefined),
  });

  const isServed = ({ port }: Endpoint) => place !== undefined && (port === place.at.port || port === kubeletPort);

  function arm() {
    const nextMs = transport.nextWakeMs();
    if (nextMs === undefined || (armedMs !== undefined && armedMs <= nextMs)) return;
    armedMs = nextMs;
    context.after(Math.max(0, nextMs - context.uptimeMs()), () => {
      if (armedMs === nextMs) armedMs = undefined;
      transport.wake(at());
      arm();
    });
  }

  function serve(end: End, when: Moment) {
    const served = serveConnection({
      wire: {
        write: (data, isLast) => transport.write(end, { data, isLast }, at()),
        take: (bytes) => transport.take(end, bytes, at()),
        reset: () => transport.reset(end, at()),
      },
      cert: place?.cert ?? "",
      push: (message) => context.push(seenAt(end.local, message)),
      after: (delayMs, body) => context.after(delayMs, body),
      begin(connection) {
        exchanges.set(--numbers, connection);
        return numbers;
      },
      close: (exchange) => void exchanges.delete(exchange),
    });
    transport.accept(end, handlersOf(served), when);
  }

  /** Connects to a pod and asks; undefined when no port is left to ask from. */
  function connect(to: Endpoint, begin: (asking: Asking) => PodConversation): PodConversation | undefined {
    const ip = place?.at.ip ?? "";
    const port = ports.take(ip);
    if (port === undefined) return undefined;
    const conversation = begin({ transport, now: at, wallMs: context.wallMs?.() ?? 0 });
    transport.open({ local: { ip, port }, remote: to }, conversation.handlers, at());
    return conversation;
  }

  /** Asks for a whole answer. */
  function ask(to: Endpoint, request: HttpsRequest, done: (answer: HttpsAnswer) => void) {
    let [code, headers, body]: [number, HttpsHeaders, string] = [0, [], ""];
    let isOver = false;
    let conversation: PodConversation | undefined;
    const finish = (answer: HttpsAnswer) => {
      if (isOver) return;
      isOver = true;
      if (!answer.ok) conversation?.stop();
      done(answer);
    };
    const sink: AnswerSink = {
      head(status, told) {
        [code, headers] = [status, told];
      },
      chunk(data) {
        body += data;
        if (body.length > request.bytesMax) finish(httpsFailures.tooLong);
      },
      end: () => finish({ ok: true, code, body: textOfBytes(body), headers }),
      failed: finish,
    };
    const sent = { ...request, ...(request.body === undefined ? {} : { body: bytesOfText(request.body) }) };
    conversation = connect(to, (asking) => askPod(sent, sink, asking));
    if (!conversation) return finish(httpsFailures.refused);
    context.after(request.timeoutMs, () => {
      finish(httpsFailures.tooSlow);
      arm();
    });
  }

  /** Asks for an answer that is taken piece by piece, or goes on with one. */
  function stream(to: Endpoint, request: HttpsStreamRequest, done: Done) {
    if (request.op === "read") return streams.read(request.stream, done);
    if (request.op === "write") return streams.write(request.stream, request.data, done);
    if (request.op === "close") {
      const breakOff = streams.close(request.stream);
      context.after(farewellMs, () => {
        breakOff();
        arm();
      });
      return done({ ok: true, data: "", isLast: true });
    }
    const beginning = streams.begin((sink) => {
      const conversation = connect(to, (asking) => askPod(request, sink, { ...asking, isHeld: true }));
      return conversation ?? refused(sink);
    }, done);
    context.after(request.timeoutMs, () => {
      beginning.giveUp(httpsFailures.tooSlow);
      arm();
    });
  }

  const take = (packet: Packet) => transport.receive(packet, at());

  return {
    request(request, done) {
      if (request.op === "pods.ask") ask(request.to, request.request, done);
      else if (request.op === "pods.stream") stream(request.to, request.request, done);
      else {
        if (request.op === "pods.packet") take(request.packet);
        else place = request;
        done({ ok: true });
      }
      arm();
    },
    exchange(request, done) {
      const served = exchanges.get(request.exchange);
      if (served) served.answer(request, done);
      else done({ ok: false, code: "ECONNRESET", message: "Cannot answer a pod: it is gone" });
      arm();
    },
  };
}

/** A request as it is told of: at the port of a kubelet it is one to that. */
function seenAt({ ip, port }: Endpoint, message: NetMessage): Message {
  if (message.type !== "net.request" || port !== kubeletPort) return message as Message;
  const { exchange, method, url, headers } = message;
  return { type: "kubelet.request", ip, exchange, method, url, headers } satisfies KubeletRequest as Message;
}

function handlersOf(served: ServedConnection): EndHandlers<Moment> {
  return {
    opened() {},
    failed() {},
    received: (_end, { data, isLast }) => served.receive(data, isLast),
    taken: (_end, bytes) => served.taken(bytes),
    broken: () => served.broken(),
  };
}

/** What came of a question that could not be asked. */
function refused(sink: AnswerSink): PodConversation {
  sink.failed(httpsFailures.refused);
  const nothing = () => {};
  const handlers = { opened: nothing, failed: nothing, received: nothing, taken: nothing, broken: nothing };
  return { handlers, take: nothing, write: (_data, taken) => taken(false), stop: nothing };
}
