import type { Message } from "../core/actor.ts";
import type { NetMessage } from "./messages.ts";
import { connect, type Listener, type ModelCall, type ModelExchange, refusedExchange } from "./net_model_exchange.ts";
import { socketUnderWayMax } from "./net_rules.ts";

/** A request for a WebSocket, or to go on with something else, that the outside of a simulated cluster makes. */
export interface ModelSocketCall extends Omit<ModelCall, "body" | "bodyEncoding"> {
  /** What the client would speak. Default: `websocket`. */
  readonly upgrade?: string;
  /** Which protocols the client speaks, the best one first. Default: it names none. */
  readonly protocols?: readonly string[];
}

/** The client's side of a WebSocket; until it stands, and if it is refused, it is an exchange like any other. */
export interface ModelSocket extends ModelExchange {
  /** Whether the server has accepted it, and both sides may write. */
  isSocket(): boolean;
  /** The protocol that the server chose. */
  subprotocol(): string;
  /** The messages in the order they came, or what came after a switch; bytes, a character each. */
  frames(): readonly string[];
  /** How many of the messages are text. */
  texts(): number;
  send(data: string): void;
  /** What the server said when it closed; 0 before. */
  closeCode(): number;
}

/** Opens a WebSocket with an actor that listens. */
export function openSocket(listener: Listener, call: ModelSocketCall, latencyMs: number): ModelSocket {
  const { context, exchanges } = listener;
  const { exchange, client } = connect(listener, exchangeOf(call), latencyMs);
  const frames: string[] = [];
  const [held, waiting]: [string[], string[]] = [[], []];
  let [isSocket, isPaused, subprotocol, closeCode, underWayBytes, texts] = [false, false, "", 0, 0, 0];
  const push = (message: NetMessage) => context.push(message as Message);
  const later = (body: () => void) => context.after(latencyMs, () => (client.state() === "reset" ? undefined : body()));
  const lengthOf = (list: readonly string[]) => list.reduce((sum, each) => sum + each.length, 0);

  /** Hands over what the server is ready for. */
  const pass = () => {
    while (waiting.length > 0 && underWayBytes < socketUnderWayMax && exchanges.has(exchange)) {
      const data = waiting.shift() as string;
      underWayBytes += data.length;
      push({ type: "net.frame", exchange, data });
    }
  };

  const served = exchanges.get(exchange);
  // It was opened just now.
  if (served)
    served.socket = (request) => {
      if (request.op === "switch") served.respond(101, Object.fromEntries(request.headers));
      if (request.op === "accept" || request.op === "switch") {
        later(() => {
          [isSocket, subprotocol] = [true, request.op === "accept" ? request.subprotocol : ""];
        });
      }
      if (request.op === "send") {
        const { data } = request;
        if (request.isText) texts++;
        if (isPaused) held.push(data);
        else later(() => frames.push(data));
      }
      if (request.op === "taken") {
        underWayBytes -= request.bytes;
        pass();
      }
      if (request.op === "close") {
        later(() => {
          closeCode = request.code;
          served.end();
        });
      }
      return lengthOf(held);
    };

  return {
    ...client,
    isSocket: () => isSocket,
    subprotocol: () => subprotocol,
    frames: () => frames,
    texts: () => texts,
    closeCode: () => closeCode,
    send(data) {
      later(() => {
        // An empty message says nothing.
        if (data !== "") waiting.push(data);
        pass();
      });
    },
    pause() {
      isPaused = true;
      client.pause();
    },
    resume() {
      isPaused = false;
      client.resume();
      const taken = held.splice(0);
      later(() => frames.push(...taken));
      if (taken.length > 0) later(() => push({ type: "net.drained", exchange }));
    },
  };
}

/** The request that asks for it. */
function exchangeOf({ protocols = [], headers = {}, upgrade = "websocket", ...rest }: ModelSocketCall) {
  const offered = protocols.length > 0 ? { "sec-websocket-protocol": protocols.join(", ") } : {};
  const version = upgrade === "websocket" ? { "sec-websocket-version": "13" } : {};
  const asked = { connection: "Upgrade", upgrade, ...version, ...offered, ...headers };
  return { ...rest, headers: asked, upgrade: upgrade.toLowerCase() };
}

/** A WebSocket where nobody listens. */
export const refusedSocket: ModelSocket = {
  ...refusedExchange,
  isSocket: () => false,
  subprotocol: () => "",
  frames: () => [],
  texts: () => 0,
  send: () => {},
  closeCode: () => 0,
};
