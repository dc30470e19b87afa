import type { Step } from "../../runtime/mod.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { HttpResponseHead } from "../network/http/http_message.ts";
import { httpServer } from "../network/http/http_server.ts";
import { type ComputerData, trafficOf } from "./data.ts";

/** What a request is answered. */
export interface Page {
  readonly status: number;
  readonly headers: HttpResponseHead["headers"];
  readonly text: string;
}

/** Works out a page, at once or in a later step; undefined breaks the connection. */
export type MakePage = (path: string, done: (page: Page | undefined, step: Step) => void, step: Step) => void;

/** Takes a connection to the node itself and answers what is asked over it. */
export function servePages(
  data: ComputerData,
  { end, page }: { readonly end: End; readonly page: MakePage },
  step: Step,
): void {
  const { transport } = trafficOf(data);
  let later = step;
  let path = "";
  const http = httpServer({
    request(head) {
      path = head.url.replace(/^[a-z]+:\/\/[^/]*/, "");
    },
    chunk() {},
    end() {
      const done = (made: Page | undefined, now: Step) => {
        later = now;
        if (!made) return transport.reset(end, now);
        http.head({ status: made.status, headers: made.headers });
        http.chunk(made.text);
        http.end();
        http.flush();
      };
      page(path, done, later);
    },
    write: (bytes, isLast) => transport.write(end, { data: bytes, isLast }, later),
    broken: () => transport.reset(end, later),
    used: (bytes) => transport.take(end, bytes, later),
  });
  const handlers: EndHandlers<Step> = {
    opened() {},
    failed() {},
    taken() {},
    broken() {},
    received(_end, { data: bytes, isLast }, now) {
      later = now;
      if (bytes !== "") http.receive(bytes);
      if (isLast) http.receiveEnd();
      http.flush();
    },
  };
  transport.accept(end, handlers, step);
}
