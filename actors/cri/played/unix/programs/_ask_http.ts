import { httpClient } from "../../../../network/http/http_client.ts";
import type { HttpHeader } from "../../../../network/http/http_message.ts";
import type { TlsFault } from "../../../../network/tls/fault.ts";
import type { SocketErrorCode } from "../../../messages.ts";
import { closeFile, connectTo, hasNotConnected, keepFile, type Secured } from "../kernel/connection.ts";
import { writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";

/** What is asked of a server. */
export interface Question {
  readonly host: string;
  readonly port: number;
  /** With TLS. Default: plain. */
  readonly secured?: Secured;
  readonly method?: string;
  readonly target: string;
  readonly headers?: readonly HttpHeader[];
  readonly body?: string;
  /** When it is given up, by the host's uptime. Default: never. */
  readonly untilMs?: number;
  /** When the attempt to connect is given up. Default: as all of it. */
  readonly connectUntilMs?: number;
  /** Whether what has come of the body will do, so that the rest is not waited for. Default: all of it is wanted. */
  readonly isEnough?: (body: string) => boolean;
}

/** What came of it. */
export type Outcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: string;
      /** The address that answered. */
      readonly ip: string;
    }
  | { readonly kind: "unconnected"; readonly error: SocketErrorCode; readonly ip?: string }
  /** Its certificate is not trusted, or it speaks no TLS. */
  | { readonly kind: "untrusted"; readonly fault: TlsFault; readonly ip: string }
  /** Connected, and then: the other end broke off, said nonsense, or said nothing in time. */
  | {
      readonly kind: "broken" | "nonsense" | "late" | "empty";
      readonly ip: string;
      /** What had come of an answer. Default: nothing. */
      readonly part?: Pick<Extract<Outcome, { readonly kind: "answer" }>, "status" | "headers" | "body">;
    };

/** Asks a server by HTTP, over a connection of its own. */
export function* askHttp(self: Process, question: Question): Running<Outcome> {
  const { host, port, target, headers = [], method = "GET", body, untilMs = Number.POSITIVE_INFINITY } = question;
  const { uptimeMs } = self.kernel.host;
  const connectMs = Math.min(untilMs, question.connectUntilMs ?? untilMs) - uptimeMs();
  const found = yield* addressesOf(self, host);
  if (!found.ok) return { kind: "unconnected", error: found.code };
  const [ip = ""] = found.addresses;
  const { secured } = question;
  const connection = yield* connectTo(self, { ip, port, ...(secured ? { secured } : {}) }, connectMs);
  if (hasNotConnected(connection)) {
    const { error, fault } = connection;
    return fault || error === "EPROTO"
      ? { kind: "untrusted", fault: fault ?? { code: "EPROTO", message: "" }, ip }
      : { kind: "unconnected", error, ip };
  }
  const descriptor = keepFile(self, connection);
  let out = "";
  let answer: Outcome | undefined;
  const got = { status: 0, headers: [] as readonly HttpHeader[], body: "" };
  const client = httpClient({
    head: (head) => void Object.assign(got, head),
    chunk(data) {
      got.body += data;
      if (question.isEnough?.(got.body)) answer ??= { kind: "answer", ...got, ip };
    },
    end() {
      answer ??= { kind: "answer", ...got, ip };
    },
    failed(message) {
      const isEarly = message === "other side closed" || message === "terminated";
      answer = { kind: isEarly ? (got.status === 0 ? "empty" : "broken") : "nonsense", ip };
    },
    write(data) {
      out += data;
    },
    used() {},
  });
  const place = host.includes(":") ? `[${host}]` : host;
  client.request({
    method,
    target,
    host: port === (secured ? 443 : 80) ? place : `${place}:${port}`,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  yield* writeTo(self, connection, out);
  while (!answer) {
    const bytes = connection.read(16_384);
    if (self.kernel.spend(1 + (bytes?.length ?? 0) / 512)) yield turn;
    if (bytes === undefined) {
      if (uptimeMs() >= untilMs) answer = { kind: "late", ip, ...(got.status === 0 ? {} : { part: got }) };
      else
        yield {
          on: connection.readable ? [connection.readable] : [],
          ...(Number.isFinite(untilMs) ? { untilMs } : {}),
        };
    } else if (bytes !== "") client.receive(bytes);
    else if (connection.isBroken()) answer = { kind: "broken", ip, ...(got.status === 0 ? {} : { part: got }) };
    else client.receiveEnd();
  }
  closeFile(self, descriptor);
  return answer;
}
