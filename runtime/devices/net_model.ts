import type { Message } from "../actor.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { netNeeds } from "./net_rules.ts";

/** A request that the outside of a simulated cluster makes. */
export interface ModelCall {
  readonly host: string;
  readonly port: number;
  /** Default GET. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For a body that is no text. Default: it is text. */
  readonly bodyEncoding?: "base64";
  readonly peer?: { readonly commonName: string; readonly organizations: readonly string[] };
}

/** The client's side of an exchange: what has come so far. */
export interface ModelExchange {
  /** `refused`: nobody listens there. `reset`: the connection broke before the response ended. */
  state(): "waiting" | "open" | "ended" | "refused" | "reset";
  /** 0 until there is a response. */
  code(): number;
  headers(): Readonly<Record<string, string>>;
  /** The pieces of the body in the order they came. */
  chunks(): readonly string[];
  body(): string;
  /** The client goes away. */
  abort(): void;
  /** A slow client: what is written is buffered until it resumes. */
  pause(): void;
  resume(): void;
}

/** The network of a simulated cluster, as its tests hold it. */
export interface NetModel extends DeviceDefinition {
  call(call: ModelCall): ModelExchange;
  /** Breaks all connections to that address. */
  reset(host: string, port: number): void;
}

/** How the virtual network behaves. */
export interface NetModelOptions {
  /** How long a request or a piece of a response is under way. Default 0.2. */
  readonly latencyMs?: number;
}

interface Listener {
  readonly key: string;
  readonly context: DeviceContext;
  readonly exchanges: Map<number, Served>;
  nextId(): number;
}

interface Served {
  respond(code: number, headers: Readonly<Record<string, string>>): void;
  /** Gives what is buffered for the client now. */
  write(chunk: string): number;
  end(): void;
  reset(): void;
}

const portFirst = 30_000;

/** Makes a virtual network; actors listen on it through the device `net`. */
export function netModel({ latencyMs = 0.2 }: NetModelOptions = {}): NetModel {
  const listeners = new Map<string, Listener>();
  let portNext = portFirst;

  function open(context: DeviceContext): Device {
    const own = new Set<string>();
    const exchanges = new Map<number, Served>();
    let ids = 0;

    function listen(request: NetRequest & { op: "listen" }): NetAnswer {
      const port = request.port === 0 ? portNext++ : request.port;
      const key = `${request.host}:${port}`;
      if (listeners.has(key))
        return { ok: false, code: "EADDRINUSE", message: `listen EADDRINUSE: address already in use ${key}` };
      own.add(key);
      listeners.set(key, { key, context, exchanges, nextId: () => ++ids });
      return { ok: true, port };
    }

    function serve(request: Exclude<NetRequest, { op: "listen" }>): NetAnswer {
      const { exchange, op } = request;
      const served = exchanges.get(exchange);
      if (!served)
        return { ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` };
      let bufferedBytes = 0;
      if (op === "respond") {
        served.respond(request.code, request.headers);
        if (request.body !== "") bufferedBytes = served.write(request.body);
      }
      if (op === "write") bufferedBytes = served.write(request.chunk);
      if (op === "end" || (op === "respond" && request.end)) {
        exchanges.delete(exchange);
        served.end();
      }
      return { ok: true, bufferedBytes };
    }

    return {
      request(any, done) {
        const request = any as NetRequest;
        const answer = request.op === "listen" ? listen(request) : serve(request);
        context.after(0, () => done(answer));
      },
      close() {
        for (const key of own) listeners.delete(key);
        for (const served of exchanges.values()) served.reset();
        exchanges.clear();
      },
    };
  }

  function call(request: ModelCall): ModelExchange {
    const listener = listeners.get(`${request.host}:${request.port}`);
    return listener ? connect(listener, request, latencyMs) : refusedExchange;
  }

  function reset(host: string, port: number) {
    const listener = listeners.get(`${host}:${port}`);
    if (!listener) return;
    for (const [exchange, served] of listener.exchanges) {
      served.reset();
      listener.context.push({ type: "net.closed", exchange } as Message);
    }
    listener.exchanges.clear();
  }

  return { name: "net", needs: netNeeds, open, call, reset };
}

/** Opens an exchange with an actor that listens. */
function connect({ context, exchanges, nextId }: Listener, call: ModelCall, latencyMs: number): ModelExchange {
  const exchange = nextId();
  const chunks: string[] = [];
  const buffered: string[] = [];
  let [code, headers, isPaused]: [number, Readonly<Record<string, string>>, boolean] = [0, {}, false];
  let state: ReturnType<ModelExchange["state"]> = "waiting";
  let isEnding = false;
  const push = (message: NetMessage) => context.push(message as Message);
  const later = (body: () => void) => context.after(latencyMs, () => (state === "reset" ? undefined : body()));

  const finish = () => {
    state = "ended";
  };

  exchanges.set(exchange, {
    respond(responseCode, responseHeaders) {
      later(() => {
        [code, headers, state] = [responseCode, responseHeaders, "open"];
      });
    },
    write(chunk) {
      if (isPaused) buffered.push(chunk);
      else later(() => chunks.push(chunk));
      return buffered.reduce((sum, each) => sum + each.length, 0);
    },
    end() {
      isEnding = true;
      if (!isPaused) later(finish);
    },
    reset() {
      state = "reset";
    },
  });
  const { method = "GET", url, headers: sent = {}, body = "", bodyEncoding, peer } = call;
  const more = { ...(bodyEncoding ? { bodyEncoding } : {}), ...(peer ? { peer } : {}) };
  later(() => push({ type: "net.request", exchange, method, url, headers: sent, body, ...more }));

  return {
    state: () => state,
    code: () => code,
    headers: () => headers,
    chunks: () => chunks,
    body: () => chunks.join(""),
    abort() {
      if (state === "ended" || state === "reset") return;
      state = "reset";
      if (exchanges.delete(exchange)) push({ type: "net.closed", exchange });
    },
    pause() {
      isPaused = true;
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      const taken = buffered.splice(0);
      later(() => chunks.push(...taken));
      if (isEnding) later(finish);
      else if (taken.length > 0) later(() => push({ type: "net.drained", exchange }));
    },
  };
}

const refusedExchange: ModelExchange = {
  state: () => "refused",
  code: () => 0,
  headers: () => ({}),
  chunks: () => [],
  body: () => "",
  abort: () => {},
  pause: () => {},
  resume: () => {},
};
