import type { HeaderPair, ModuleInput, ModuleOutput } from "../module_runner.ts";
import { type InboundBody, inboundBody, type OutboundBody, outboundBody } from "./body_streams.ts";

/** A fetch that has not ended. */
interface Fetching {
  readonly request: Request;
  resolve(response: Response): void;
  reject(error: unknown): void;
  readonly redirects: number;
  outbound?: OutboundBody;
  inbound?: InboundBody;
  forget(): void;
}

type Answer = Extract<ModuleInput, { type: `fetch.${string}` }>;

/** The container's `fetch`, and where answers come in. */
export interface Fetches {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  answer(input: Answer): void;
}

const redirectsMax = 20;
const redirected = new Set([301, 302, 303, 307, 308]);
const withoutBody = new Set([101, 204, 205, 304]);

/** Makes a `fetch` that asks the outside by messages. */
export function makeFetches(post: (output: ModuleOutput) => void): Fetches {
  const fetches = new Map<number, Fetching>();
  let ids = 0;

  function begin(request: Request, more: Pick<Fetching, "resolve" | "reject" | "redirects">) {
    const { signal } = request;
    if (signal.aborted) return more.reject(signal.reason);
    const id = ++ids;
    const abort = () => {
      const fetching = fetches.get(id);
      fetches.delete(id);
      post({ type: "fetch.abort", id });
      fetching?.outbound?.cancel(signal.reason);
      fetching?.inbound?.fail(signal.reason);
      more.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    const fetching: Fetching = {
      ...more,
      request,
      forget() {
        fetches.delete(id);
        signal.removeEventListener("abort", abort);
      },
    };
    fetches.set(id, fetching);
    const { method, url, body } = request;
    post({ type: "fetch", id, method, url, headers: [...request.headers], hasBody: body !== null });
    if (body === null) return;
    fetching.outbound = outboundBody(body as ReadableStream<Uint8Array>, {
      chunk: (data) => post({ type: "fetch.body", id, data }),
      end: () => post({ type: "fetch.body.end", id }),
      fail(error) {
        if (!fetches.has(id)) return;
        fetching.forget();
        post({ type: "fetch.abort", id });
        more.reject(failed(error));
      },
    });
  }

  function head(id: number, fetching: Fetching, { status, headers }: Extract<Answer, { type: "fetch.head" }>) {
    const { request, redirects, resolve, reject } = fetching;
    const location = headers.find(([name]) => name.toLowerCase() === "location")?.[1];
    if (redirected.has(status) && location !== undefined && request.redirect !== "manual") {
      fetching.forget();
      post({ type: "fetch.abort", id });
      if (request.redirect === "error" || redirects >= redirectsMax) return reject(failed("redirect"));
      const next = follow(request, { status, location });
      if (next) return begin(next, { resolve, reject, redirects: redirects + 1 });
      return reject(failed("a redirected body cannot be sent twice"));
    }
    const inbound = inboundBody(
      () => post({ type: "fetch.answer.taken", id }),
      () => {
        fetching.forget();
        post({ type: "fetch.abort", id });
      },
    );
    fetching.inbound = inbound;
    try {
      resolve(responseOf(request.url, { status, headers, redirects, body: inbound.stream }));
    } catch (error) {
      fetching.forget();
      reject(failed(error));
    }
  }

  return {
    fetch: (input, init) =>
      new Promise((resolve, reject) => begin(new Request(input, init), { resolve, reject, redirects: 0 })),
    answer(input) {
      const fetching = fetches.get(input.id);
      if (!fetching) return;
      if (input.type === "fetch.head") head(input.id, fetching, input);
      else if (input.type === "fetch.taken") fetching.outbound?.taken();
      else if (input.type === "fetch.chunk") fetching.inbound?.chunk(input.data);
      else {
        fetching.forget();
        if (input.type === "fetch.end") return fetching.inbound?.end();
        fetching.outbound?.cancel(input.message);
        const error = failed(new Error(input.message));
        if (fetching.inbound) fetching.inbound.fail(error);
        else fetching.reject(error);
      }
    },
  };
}

interface Answered {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly redirects: number;
  readonly body: ReadableStream<Uint8Array>;
}

function responseOf(url: string, { status, headers, redirects, body }: Answered): Response {
  const made = new Response(withoutBody.has(status) ? null : body, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
  Object.defineProperty(made, "url", { value: url });
  Object.defineProperty(made, "redirected", { value: redirects > 0 });
  return made;
}

/** The request that a redirection asks for; `undefined` when its body is gone. */
function follow(
  { method, url, headers, signal, redirect, body }: Request,
  { status, location }: { readonly status: number; readonly location: string },
): Request | undefined {
  const target = new URL(location, url);
  const becomesGet = (status === 303 && method !== "HEAD") || (status < 303 && method === "POST");
  if (!becomesGet && body !== null) return undefined;
  const kept = new Headers(headers);
  if (becomesGet) for (const name of ["content-type", "content-length"]) kept.delete(name);
  return new Request(target, { method: becomesGet ? "GET" : method, headers: kept, signal, redirect });
}

function failed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}
