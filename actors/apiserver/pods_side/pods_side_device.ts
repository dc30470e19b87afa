import type { DeviceContext, DeviceDefinition } from "../../../runtime/devices/device.ts";
import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsAnswer, HttpsHeaders, HttpsRequest, Message } from "../../../runtime/mod.ts";
import type { End, EndHandlers, Moment, Transport } from "../../network/connection.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { bytesOfText, textOfBytes } from "../../network/http/byte_text.ts";
import { httpClient } from "../../network/http/http_client.ts";
import type { Packet } from "../../network/packet.ts";
import { createPorts } from "../../network/ports.ts";
import type { TlsFault } from "../../network/tls/fault.ts";
import { helloText, readHello } from "../../network/tls/hello.ts";
import { createTransport } from "../../network/transport.ts";
import { judgeCertificates } from "../../signing/judge_device.ts";
import type { PodsSideRequest } from "./pods_side.ts";
import { type ExchangeRequest, type ServedConnection, serveConnection } from "./serve_connection.ts";

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
  let place: { readonly at: Endpoint; readonly cert: string } | undefined;
  let numbers = 0;
  let armedMs: number | undefined;

  const transport: Transport<Moment> = createTransport<Moment>({
    send: (packet) => context.push({ type: "pods.packet", packet } as Message),
    offered: (end, when) => (end.local.port === place?.at.port ? serve(end, when) : transport.refuse(end, when)),
    gone: (end) => (end.isOpener ? ports.free(end.local.ip, end.local.port) : undefined),
  });

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
      push: (message) => context.push(message as Message),
      after: (delayMs, body) => context.after(delayMs, body),
      begin(connection) {
        exchanges.set(--numbers, connection);
        return numbers;
      },
      close: (exchange) => void exchanges.delete(exchange),
    });
    transport.accept(end, handlersOf(served), when);
  }

  function ask(to: Endpoint, request: HttpsRequest, done: (answer: HttpsAnswer) => void) {
    const ip = place?.at.ip ?? "";
    const port = ports.take(ip);
    if (port === undefined) return done(httpsFailures.refused);
    const { handlers, failed } = asking({ request, transport, now: at, wallMs: context.wallMs?.() ?? 0, done });
    const end = transport.open({ local: { ip, port }, remote: to }, handlers, at());
    context.after(request.timeoutMs, () => {
      if (failed(httpsFailures.tooSlow)) transport.reset(end, at());
      arm();
    });
  }

  const take = (packet: Packet) => transport.receive(packet, at());

  return {
    request(request, done) {
      if (request.op === "pods.ask") ask(request.to, request.request, done);
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

function handlersOf(served: ServedConnection): EndHandlers<Moment> {
  return {
    opened() {},
    failed() {},
    received: (_end, { data, isLast }) => served.receive(data, isLast),
    taken: (_end, bytes) => served.taken(bytes),
    broken: () => served.broken(),
  };
}

interface Asking {
  readonly request: HttpsRequest;
  readonly transport: Transport<Moment>;
  readonly now: () => Moment;
  readonly wallMs: number;
  readonly done: (answer: HttpsAnswer) => void;
}

/** Asks one question over a connection of its own. */
function asking({ request, transport, now, wallMs, done }: Asking) {
  const { hostname, host, pathname, search } = new URL(request.url);
  let greeting: string | undefined = "";
  let status = 0;
  let headers: HttpsHeaders = [];
  let body = "";
  let isOver = false;
  let end: End | undefined;

  const finish = (answer: HttpsAnswer): boolean => {
    if (isOver) return false;
    isOver = true;
    done(answer);
    return true;
  };
  const giveUp = (answer: HttpsAnswer) => {
    if (finish(answer) && end) transport.reset(end, now());
  };
  const client = httpClient({
    head: (head) => {
      status = head.status;
      headers = head.headers;
    },
    chunk(data) {
      body += data;
      if (body.length > request.bytesMax) giveUp(httpsFailures.tooLong);
    },
    end() {
      finish({ ok: true, code: status, body: textOfBytes(body), headers });
      if (end) transport.write(end, { data: "", isLast: true }, now());
    },
    failed: () => giveUp(httpsFailures.closed),
    write: (data) => (end ? transport.write(end, { data, isLast: false }, now()) : undefined),
    used() {},
  });

  function greet(data: string): string {
    greeting += data;
    const read = readHello(greeting ?? "");
    if (read.kind === "part") return "";
    const shown = read.kind === "hello" ? (read.hello.certificates ?? "") : "";
    const rest = (greeting ?? "").slice(read.kind === "hello" ? read.size : 0);
    greeting = undefined;
    const trust = { shown, trusted: request.ca ?? "", name: hostname, atMs: wallMs };
    const fault: TlsFault | undefined =
      read.kind !== "hello"
        ? { code: "EPROTO", message: "the server speaks no TLS" }
        : request.isUnverified
          ? undefined
          : judgeCertificates(trust);
    if (fault) {
      giveUp({ ok: false, ...fault });
      return "";
    }
    const { method } = request;
    const said = Object.entries(request.headers).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value] as const),
    );
    const sent = { method, target: pathname + search, host, headers: said };
    client.request({ ...sent, ...(request.body === undefined ? {} : { body: bytesOfText(request.body) }) });
    return rest;
  }

  const refused: HttpsAnswer = httpsFailures.refused;
  const unreachable: HttpsAnswer = { ok: false, code: "EHOSTUNREACH", message: "no route to host" };
  const handlers: EndHandlers<Moment> = {
    opened(opened, when) {
      end = opened;
      transport.write(opened, { data: helloText({ serverName: hostname }), isLast: false }, when);
    },
    failed(_end, why) {
      finish(why === "refused" ? refused : why === "timeout" ? httpsFailures.tooSlow : unreachable);
    },
    received(from, { data, isLast }, when) {
      transport.take(from, data.length, when);
      const rest = greeting === undefined ? data : greet(data);
      if (isOver) return;
      if (rest !== "") client.receive(rest);
      if (isLast && !isOver) {
        client.receiveEnd();
        finish(httpsFailures.closed);
      }
    },
    taken() {},
    broken: () => void finish(httpsFailures.closed),
  };
  return { handlers, failed: finish };
}
