import { httpsFailures, httpsPath } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsFailure, HttpsHeaders, HttpsRequest } from "../../../runtime/mod.ts";
import type { End, EndHandlers, Moment, Transport } from "../../network/connection.ts";
import { httpClient } from "../../network/http/http_client.ts";
import { headerPairs } from "../../network/http/http_message.ts";
import type { TlsFault } from "../../network/tls/fault.ts";
import { helloText, readHello } from "../../network/tls/hello.ts";
import { judgeCertificates } from "../../signing/judge_device.ts";

/** A question to a server in a pod; its body are bytes. */
export type PodQuestion = Pick<HttpsRequest, "method" | "url" | "headers" | "body" | "ca" | "isUnverified">;

/** Who is told of an answer as it comes, in bytes. */
export interface AnswerSink {
  head(status: number, headers: HttpsHeaders): void;
  chunk(data: string): void;
  end(): void;
  /** There is no answer, or no more of it. Told once at most, and nothing behind it. */
  failed(failure: HttpsFailure): void;
}

/** Where and when a question is asked. */
export interface Asking {
  readonly transport: Transport<Moment>;
  readonly now: () => Moment;
  readonly wallMs: number;
  /** What has come is taken only when `take` says so. Default: at once. */
  readonly isHeld?: boolean;
}

/** A question that is asked. */
export interface PodConversation {
  readonly handlers: EndHandlers<Moment>;
  /** Takes what has come since this was called the last time. */
  take(): void;
  /** Breaks off what still goes on; nobody is told. */
  stop(): void;
}

const unreachable: HttpsFailure = { ok: false, code: "EHOSTUNREACH", message: "no route to host" };

/** Asks one question over a connection of its own, by TLS as the cluster's network has it. */
export function askPod(request: PodQuestion, sink: AnswerSink, asking: Asking): PodConversation {
  const { transport, now, wallMs, isHeld = false } = asking;
  const { hostname, host } = new URL(request.url);
  let greeting: string | undefined = "";
  let isOver = false;
  let end: End | undefined;
  let untaken = 0;

  const over = (): boolean => {
    const wasOver = isOver;
    isOver = true;
    return !wasOver;
  };
  const fail = (failure: HttpsFailure): boolean => {
    if (!over()) return false;
    sink.failed(failure);
    return true;
  };
  const giveUp = (failure: HttpsFailure) => {
    if (fail(failure) && end) transport.reset(end, now());
  };
  const client = httpClient({
    head: (head) => (isOver ? undefined : sink.head(head.status, head.headers)),
    chunk: (data) => (isOver ? undefined : sink.chunk(data)),
    end() {
      if (!over()) return;
      sink.end();
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
    const noTls: TlsFault = { code: "EPROTO", message: "the server speaks no TLS" };
    const fault = read.kind !== "hello" ? noTls : request.isUnverified ? undefined : judgeCertificates(trust);
    if (fault) {
      giveUp({ ok: false, ...fault });
      return "";
    }
    const { method, body } = request;
    client.request({
      method,
      target: httpsPath(request.url),
      host,
      headers: headerPairs(request.headers),
      ...(body === undefined ? {} : { body }),
    });
    return rest;
  }

  function take() {
    if (end && untaken > 0) transport.take(end, untaken, now());
    untaken = 0;
  }

  return {
    take,
    stop() {
      if (over() && end) transport.reset(end, now());
    },
    handlers: {
      opened(opened, when) {
        end = opened;
        if (isOver) return transport.reset(opened, when);
        transport.write(opened, { data: helloText({ serverName: hostname }), isLast: false }, when);
      },
      failed(_end, why) {
        const { refused, tooSlow } = httpsFailures;
        fail(why === "refused" ? refused : why === "timeout" ? tooSlow : unreachable);
      },
      received(_from, { data, isLast }) {
        untaken += data.length;
        const rest = greeting === undefined ? data : greet(data);
        if (!isOver && rest !== "") client.receive(rest);
        if (!isHeld || isOver) take();
        if (!isLast || isOver) return;
        client.receiveEnd();
        fail(httpsFailures.closed);
      },
      taken() {},
      broken: () => void fail(httpsFailures.closed),
    },
  };
}
