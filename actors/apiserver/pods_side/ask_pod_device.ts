import { httpsFailures, httpsPath } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsFailure, HttpsHeaders, HttpsRequest } from "../../../runtime/mod.ts";
import type { End, EndHandlers, Moment, Transport } from "../../network/connection.ts";
import { socketWindowBytes } from "../../network/endpoint.ts";
import { httpClient } from "../../network/http/http_client.ts";
import { headerPairs } from "../../network/http/http_message.ts";
import type { TlsFault } from "../../network/tls/fault.ts";
import { helloText, readHello } from "../../network/tls/hello.ts";
import { judgeCertificates } from "../../signing/judge_device.ts";

/** A question to a server in a pod; its body are bytes. */
export interface PodQuestion extends Pick<HttpsRequest, "method" | "url" | "headers" | "body" | "ca" | "isUnverified"> {
  /** Its headers ask to go on with another protocol. Default false. */
  readonly upgrades?: boolean;
}

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

/** So much may be written that a pod has not taken, before who writes more has to wait: it tells what it takes a quarter of a window at a time. */
const untakenBytesMax = socketWindowBytes / 2;

/** What was written, and who waits for there to be room for more. */
function createWritten() {
  let [writtenBytes, takenBytes] = [0, 0];
  const waiting: ((isRoom: boolean) => void)[] = [];
  const pass = () => {
    while (waiting.length > 0 && writtenBytes - takenBytes <= untakenBytesMax) waiting.shift()?.(true);
  };
  return {
    add(bytes: number) {
      writtenBytes += bytes;
    },
    wait(room: (isRoom: boolean) => void) {
      waiting.push(room);
      pass();
    },
    taken(bytes: number) {
      takenBytes += bytes;
      pass();
    },
    /** Nothing will be taken any more. */
    drop() {
      for (const room of waiting.splice(0)) room(false);
    },
  };
}

/** A question that is asked. */
export interface PodConversation {
  readonly handlers: EndHandlers<Moment>;
  /** Takes what has come since this was called the last time. */
  take(): void;
  /** Says something after a 101; `room` hears when there is room for more, or that there will be none. */
  write(data: string, room: (isRoom: boolean) => void): void;
  /** Breaks off what still goes on; nobody is told. */
  stop(): void;
}

const unreachable: HttpsFailure = { ok: false, code: "EHOSTUNREACH", message: "no route to host" };

/** Asks one question over a connection of its own: by TLS as the cluster's network has it, or plainly where its URL says so. */
export function askPod(request: PodQuestion, sink: AnswerSink, asking: Asking): PodConversation {
  const { transport, now, wallMs, isHeld = false } = asking;
  const { hostname, host, protocol } = new URL(request.url);
  let greeting: string | undefined = protocol === "http:" ? undefined : "";
  let [isOver, isSwitched] = [false, false];
  let end: End | undefined;
  let untaken = 0;
  const written = createWritten();

  const over = (): boolean => {
    const wasOver = isOver;
    isOver = true;
    written.drop();
    return !wasOver;
  };
  const send = (data: string) => {
    if (!end) return;
    written.add(data.length);
    transport.write(end, { data, isLast: false }, now());
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
    head({ status, headers }) {
      if (isOver) return;
      isSwitched = status === 101 && request.upgrades === true;
      sink.head(status, headers);
    },
    chunk: (data) => (isOver ? undefined : sink.chunk(data)),
    end() {
      if (!over()) return;
      sink.end();
      if (end) transport.write(end, { data: "", isLast: true }, now());
    },
    failed: () => giveUp(httpsFailures.closed),
    write: send,
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
    ask();
    return rest;
  }

  function ask() {
    const { method, url, headers, body, upgrades = false } = request;
    const more = body === undefined ? {} : { body };
    client.request({ method, target: httpsPath(url), host, headers: headerPairs(headers), upgrades, ...more });
  }

  function take() {
    if (end && untaken > 0) transport.take(end, untaken, now());
    untaken = 0;
  }

  return {
    take,
    write(data, room) {
      if (isOver || !isSwitched) return room(false);
      send(data);
      written.wait(room);
    },
    stop() {
      const isFirst = over();
      if (!end) return;
      // What has switched protocols says that it says no more; who does not end then is broken off.
      if (isFirst && isSwitched) transport.write(end, { data: "", isLast: true }, now());
      else if (isFirst || isSwitched) transport.reset(end, now());
    },
    handlers: {
      opened(opened, when) {
        end = opened;
        if (isOver) return transport.reset(opened, when);
        if (greeting === undefined) ask();
        else send(helloText({ serverName: hostname }));
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
      taken: (_end, bytes) => written.taken(bytes),
      broken: () => void fail(httpsFailures.closed),
    },
  };
}
