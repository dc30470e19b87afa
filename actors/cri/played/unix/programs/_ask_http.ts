import { httpClient } from "../../../../network/http/http_client.ts";
import type { HttpHeader } from "../../../../network/http/http_message.ts";
import type { SocketErrorCode } from "../../../messages.ts";
import { closeFile, connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";

/** What is asked of a server. */
export interface Question {
  readonly host: string;
  readonly port: number;
  readonly method?: string;
  readonly target: string;
  readonly headers?: readonly HttpHeader[];
  readonly body?: string;
  /** When it is given up, by the host's uptime. Default: never. */
  readonly untilMs?: number;
  /** When the attempt to connect is given up. Default: as all of it. */
  readonly connectUntilMs?: number;
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
  /** Connected, and then: the other end broke off, said nonsense, or said nothing in time. */
  | { readonly kind: "broken" | "nonsense" | "late" | "empty"; readonly ip: string };

/** Asks a server by HTTP, over a connection of its own. */
export function* askHttp(self: Process, question: Question): Running<Outcome> {
  const { host, port, target, headers = [], method = "GET", body, untilMs = Number.POSITIVE_INFINITY } = question;
  const { uptimeMs } = self.kernel.host;
  const connectMs = Math.min(untilMs, question.connectUntilMs ?? untilMs) - uptimeMs();
  const found = yield* addressesOf(self, host);
  if (!found.ok) return { kind: "unconnected", error: found.code };
  const [ip = ""] = found.addresses;
  const connection = yield* connectTo(self, { ip, port }, connectMs);
  if (hasNotConnected(connection)) return { kind: "unconnected", error: connection.error, ip };
  const descriptor = keepFile(self, connection);
  let out = "";
  let answer: Outcome | undefined;
  const got = { status: 0, headers: [] as readonly HttpHeader[], body: "" };
  const client = httpClient({
    head: (head) => void Object.assign(got, head),
    chunk(data) {
      got.body += data;
    },
    end() {
      answer = { kind: "answer", ...got, ip };
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
    host: port === 80 ? place : `${place}:${port}`,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  yield* writeTo(self, connection, out);
  while (!answer) {
    const bytes = connection.read(16_384);
    if (self.kernel.spend(1 + (bytes?.length ?? 0) / 512)) yield turn;
    if (bytes === undefined) {
      if (uptimeMs() >= untilMs) answer = { kind: "late", ip };
      else
        yield {
          on: connection.readable ? [connection.readable] : [],
          ...(Number.isFinite(untilMs) ? { untilMs } : {}),
        };
    } else if (bytes !== "") client.receive(bytes);
    else if (connection.isBroken()) answer = { kind: "broken", ip };
    else client.receiveEnd();
  }
  closeFile(self, descriptor);
  return answer;
}
