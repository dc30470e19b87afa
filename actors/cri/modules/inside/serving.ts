import type { ImageEnv } from "../image_module.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { type InboundBody, inboundBody, type OutboundBody, outboundBody } from "./body_streams.ts";

type Handler = (request: Request, env: ImageEnv) => Response | Promise<Response>;
type Asked = Extract<ModuleInput, { type: "request" | `request.${string}` | "response.taken" }>;

interface Exchange {
  readonly abort: AbortController;
  inbound?: InboundBody;
  outbound?: OutboundBody;
}

/** What serving needs from its container. */
export interface Server {
  readonly env: ImageEnv;
  /** `undefined` as long as it does not listen. */
  handler(): Handler | undefined;
  post(output: ModuleOutput): void;
  /** A handler threw: it is told on stderr. */
  report(error: unknown): void;
  /** The whole body of a response where that is known without streaming it. */
  wholeBody?(response: Response): Uint8Array | undefined;
}

/** Makes what answers the requests of a container by its handler. */
export function makeServing(server: Server): (input: Asked) => void {
  const { post, env } = server;
  const exchanges = new Map<number, Exchange>();

  function begin({ id, method, url, headers, hasBody }: Extract<Asked, { type: "request" }>) {
    const handler = server.handler();
    if (!handler) return post({ type: "response.failed", id, reason: "refused" });
    const exchange: Exchange = { abort: new AbortController() };
    const mayHaveBody = hasBody && method !== "GET" && method !== "HEAD";
    if (mayHaveBody) exchange.inbound = inboundBody(() => post({ type: "request.taken", id }));
    exchanges.set(id, exchange);
    const made = new Promise<Response>((resolve) => {
      const init: RequestInit & { duplex?: "half" } = {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        signal: exchange.abort.signal,
      };
      if (exchange.inbound) Object.assign(init, { body: exchange.inbound.stream, duplex: "half" });
      resolve(handler(new Request(url, init), env));
    });
    made
      .then((response) => {
        if (response instanceof Response) return respond(id, exchange, { response, method });
        throw new TypeError("Cannot answer a request: the handler gave no Response, return one");
      })
      .catch((error) => {
        if (exchanges.get(id) !== exchange) return;
        if (isOfAbort(exchange, error)) return fail(id, exchange);
        server.report(error);
        post({ type: "response.head", id, status: 500, headers: [["content-type", "text/plain;charset=UTF-8"]] });
        post({ type: "response.chunk", id, data: new TextEncoder().encode("Internal Server Error") });
        post({ type: "response.end", id });
        forget(id, exchange);
      });
  }

  function respond(
    id: number,
    exchange: Exchange,
    { response, method }: { readonly response: Response; readonly method: string },
  ) {
    if (exchanges.get(id) !== exchange) return;
    const { status } = response;
    const body = whole(response) ?? response.body;
    post({ type: "response.head", id, status, headers: [...response.headers] });
    const end = () => {
      post({ type: "response.end", id });
      forget(id, exchange);
    };
    if (body === null || method === "HEAD") return end();
    if (body instanceof Uint8Array) {
      if (body.length > 0) post({ type: "response.chunk", id, data: body });
      return end();
    }
    exchange.outbound = outboundBody(body as ReadableStream<Uint8Array>, {
      chunk: (data) => post({ type: "response.chunk", id, data }),
      end,
      fail(error) {
        if (!isOfAbort(exchange, error)) server.report(error);
        fail(id, exchange);
      },
    });
  }

  function fail(id: number, exchange: Exchange): void {
    post({ type: "response.failed", id, reason: "broken" });
    forget(id, exchange);
  }

  function whole(response: Response): Uint8Array | undefined {
    return response.bodyUsed ? undefined : server.wholeBody?.(response);
  }

  function forget(id: number, exchange: Exchange): void {
    if (exchanges.get(id) === exchange) exchanges.delete(id);
  }

  return (input) => {
    if (input.type === "request") return begin(input);
    const exchange = exchanges.get(input.id);
    // What comes late, for a request that was answered before its body had come, is taken and thrown away.
    if (input.type === "request.chunk" && !exchange?.inbound) return post({ type: "request.taken", id: input.id });
    if (!exchange) return;
    if (input.type === "request.chunk") exchange.inbound?.chunk(input.data);
    else if (input.type === "request.end") exchange.inbound?.end();
    else if (input.type === "response.taken") exchange.outbound?.taken();
    else if (input.type === "request.gone") exchange.abort.abort(clientGone());
    else {
      exchanges.delete(input.id);
      const gone = clientGone();
      exchange.abort.abort(gone);
      exchange.inbound?.fail(gone);
      exchange.outbound?.cancel(gone);
    }
  };
}

function clientGone(): DOMException {
  return new DOMException("The client is gone", "AbortError");
}

/** Whether a handler gave up because its client did: no mistake of the module's. */
function isOfAbort({ abort: { signal } }: Exchange, error: unknown): boolean {
  return (
    signal.aborted && (error === signal.reason || (error as { name?: unknown } | undefined)?.name === "AbortError")
  );
}
