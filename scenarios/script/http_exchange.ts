import { bytesOfText, textOfBytes } from "../../actors/network/http/byte_text.ts";
import { type HttpClient, httpClient } from "../../actors/network/http/http_client.ts";
import type { TcpClient } from "../../runtime/devices/tcp_client.ts";
import { ConnectionFailed } from "./connection_failed.ts";
import type { RequestAnswer, RequestInit } from "./request.ts";

/** One request and its answer, on a connection of its own. */
export interface Exchange {
  send(request: SentRequest): void;
  isOver(): boolean;
  /** Is fulfilled when it is over. */
  over(): Promise<void>;
  giveUp(): void;
  /**
   * The answer, when it is over.
   *
   * @param attempt what was tried, for the error
   * @throws ConnectionFailed when there is none
   */
  answer(attempt: string): RequestAnswer;
}

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers?: RequestInit["headers"] | undefined;
  readonly body?: RequestInit["body"] | undefined;
}

/** Makes an exchange on a connection that is just being made. */
export function openExchange(connection: TcpClient): Exchange {
  let head: { readonly status: number; readonly headers: readonly (readonly [string, string])[] } | undefined;
  let body = "";
  let failure: { readonly code: string; readonly why: string } | undefined;
  let isWhole = false;
  let hasEnded = false;
  let wake = () => {};

  const isOver = () => isWhole || failure !== undefined;
  const client: HttpClient = httpClient({
    head(came) {
      head = came;
    },
    chunk(data) {
      body += data;
    },
    end() {
      isWhole = true;
    },
    failed(why) {
      failure ??= { code: hasEnded ? "ECONNRESET" : "EPROTO", why };
    },
    write: (data) => connection.write(data),
    used: () => {},
  });
  const look = () => {
    if (isOver()) return;
    const data = connection.take();
    if (data !== "") client.receive(data);
    hasEnded = connection.isEnded() || connection.state() === "closed";
    const error = connection.error();
    if (!isWhole && error !== undefined) failure ??= { code: error, why: reasons[error] ?? "the connection broke" };
    else if (!isOver() && hasEnded) client.receiveEnd();
    if (!isOver()) return;
    if (isWhole && failure === undefined) connection.end();
    wake();
  };
  connection.onChange(look);

  return {
    isOver,
    over: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    giveUp: () => connection.reset(),
    send({ method, host, path, headers = {}, body: given }) {
      const isJson = typeof given === "object";
      const text = isJson ? JSON.stringify(given) : given;
      const type =
        text === undefined ? {} : { "content-type": isJson ? "application/json" : "text/plain;charset=UTF-8" };
      client.request({
        method,
        target: path,
        host,
        headers: [...new Headers({ ...type, ...lowerCased(headers) })],
        ...(text === undefined ? {} : { body: bytesOfText(text) }),
      });
      look();
    },
    answer(attempt) {
      if (failure || !head)
        throw new ConnectionFailed(attempt, failure ?? { code: "EPROTO", why: "no answer has come" });
      const text = textOfBytes(body);
      return {
        status: head.status,
        headers: new Headers(head.headers.map(([name, value]): [string, string] => [name, value])),
        text: () => text,
        json: <T>() => JSON.parse(text) as T,
      };
    },
  };
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the other side broke the connection",
};

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
