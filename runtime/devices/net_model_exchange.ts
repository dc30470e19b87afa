import type { Message } from "../core/actor.ts";
import type { DeviceContext } from "./device.ts";
import type { AnswerHeaders, NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { bodyRefusals } from "./net_rules.ts";

type SocketRequest = Extract<NetRequest, { readonly op: "accept" | "switch" | "send" | "taken" | "close" }>;

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
  readonly isPeerRefused?: true;
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
  /** Whether the server has read the body of the request. */
  isBodyRead(): boolean;
  /** The client goes away. */
  abort(): void;
  /** A slow client: what is written is buffered until it resumes. */
  pause(): void;
  resume(): void;
}

/** An actor that listens. */
export interface Listener {
  readonly key: string;
  readonly context: DeviceContext;
  readonly exchanges: Map<number, Served>;
  nextId(): number;
}

/** The server's side of an exchange. */
export interface Served {
  respond(code: number, headers: AnswerHeaders): void;
  /** Gives what is buffered for the client now. */
  write(chunk: string): number;
  end(): void;
  reset(): void;
  /** Hands over the body of the request. */
  read(bytesMax: number): NetAnswer;
  /** Carries out a request about a WebSocket; absent where the client wants none. Gives what is buffered for it. */
  socket?(request: SocketRequest): number;
}

/** Opens an exchange with an actor that listens. */
export function connect(
  { context, exchanges, nextId }: Listener,
  call: ModelCall & { readonly upgrade?: string },
  latencyMs: number,
): { readonly exchange: number; readonly client: ModelExchange } {
  const exchange = nextId();
  const chunks: string[] = [];
  const buffered: string[] = [];
  let [code, headers, isPaused]: [number, Readonly<Record<string, string>>, boolean] = [0, {}, false];
  let state: ReturnType<ModelExchange["state"]> = "waiting";
  let [isEnding, isBodyRead] = [false, false];
  const push = (message: NetMessage) => context.push(message as Message);
  const later = (body: () => void) => context.after(latencyMs, () => (state === "reset" ? undefined : body()));

  const finish = () => {
    state = "ended";
  };

  exchanges.set(exchange, {
    respond(responseCode, responseHeaders) {
      later(() => {
        const said = Object.entries(responseHeaders).map(([name, values]) => [name, [values].flat().join(", ")]);
        [code, headers, state] = [responseCode, Object.fromEntries(said), "open"];
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
    read(bytesMax) {
      isBodyRead = true;
      return body.length > bytesMax
        ? bodyRefusals.tooLong
        : { ok: true, body, ...(encoding ? { bodyEncoding: encoding } : {}) };
    },
  });
  const {
    method = "GET",
    url,
    headers: sent = {},
    body = "",
    bodyEncoding: encoding,
    peer,
    isPeerRefused,
    upgrade,
  } = call;
  const more = {
    ...(body === "" ? {} : { hasBody: true as const }),
    ...(isPeerRefused ? { isPeerRefused } : {}),
    ...(peer ? { peer } : {}),
    ...(upgrade ? { upgrade } : {}),
  };
  later(() => push({ type: "net.request", exchange, method, url, headers: sent, ...more }));

  const client: ModelExchange = {
    state: () => state,
    code: () => code,
    headers: () => headers,
    chunks: () => chunks,
    body: () => chunks.join(""),
    isBodyRead: () => isBodyRead,
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
  return { exchange, client };
}

/** An exchange where nobody listens. */
export const refusedExchange: ModelExchange = {
  state: () => "refused",
  code: () => 0,
  headers: () => ({}),
  chunks: () => [],
  body: () => "",
  isBodyRead: () => false,
  abort: () => {},
  pause: () => {},
  resume: () => {},
};
