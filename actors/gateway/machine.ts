import { setup } from "xstate";
import { type ChartTypes, type Handler, handlers, reducers, type TcpMessage } from "../../runtime/mod.ts";
import { componentHandlers, componentParts, offer } from "../client/component.ts";
import type { BalancersAre } from "../cloud/messages.ts";
import type { Packet } from "../network/packet.ts";
import { againTimer, tryTimer } from "./carrier.ts";
import { arm, createData, type GatewayData, networkTimer } from "./data.ts";
import { retryTimer } from "./listeners.ts";
import type { GatewayInput, GatewayMessage } from "./messages.ts";

const { act, begin, when } = reducers<GatewayData, GatewayMessage>();
const parts = componentParts<GatewayData>();

/** A handler after which the transport may want to be woken at another time. */
const armed =
  <Event>(handle: Handler<GatewayData, Event>): Handler<GatewayData, Event> =>
  (data, event, step) => {
    handle(data, event, step);
    arm(data, step);
  };

const heard = componentHandlers<GatewayData>(armed(offer));

type Opened = Extract<TcpMessage, { readonly type: "tcp.opened" }>;

const carrying = handlers<GatewayData, Exclude<TcpMessage, Opened> | Packet | BalancersAre>({
  "gateway.balancers": ({ balancers }, { from, body }, step) => balancers.set(from, body.balancers, step),
  "tcp.data": armed(({ carrier }, { body: { connection, data } }, step) =>
    carrier.data(connection, { data, isLast: false }, step),
  ),
  "tcp.ended": armed(({ carrier }, { body: { connection } }, step) =>
    carrier.data(connection, { data: "", isLast: true }, step),
  ),
  "tcp.closed": armed(({ carrier }, { body: { connection, isBroken } }, step) =>
    carrier.closed(connection, isBroken, step),
  ),
  packet: armed(({ transport }, { body }, step) => transport.receive(body, step)),
  [`timer.${networkTimer}`]: armed((data, _event, step) => {
    data.wakesAtMs = undefined;
    data.transport.wake(step);
  }),
  [`timer.${tryTimer}`]: armed(({ carrier }, _event, step) => carrier.passOver(step)),
  [`timer.${againTimer}`]: armed(({ carrier }, _event, step) => carrier.tryAgain(step)),
});

const serving = handlers<GatewayData, Opened>({
  "tcp.opened": armed(({ carrier }, { body }, step) => carrier.opened(body, step)),
  [`timer.${retryTimer}`]: ({ ports, balancers }, _event, step) => {
    ports.retry(step);
    balancers.retry(step);
  },
});

/** Connections that go on for ever are not waited for. */
const drainMsMax = 500;

/**
 * The chart of the gateway: it reads the cluster (`syncing`), opens to the outside what Services ask for (`serving`),
 * and ends when those have passed who were on their way (`draining`). An API server that is away later on keeps nobody
 * from passing.
 */
export const gatewayMachine = setup({
  types: {} as ChartTypes<GatewayData, GatewayMessage, GatewayInput>,
  actions: {
    ...parts.actions,
    openPorts: act(({ ports, balancers }, _event, step) => {
      ports.start(step);
      balancers.start(step);
    }),
    closePorts: act(({ ports, balancers }, _event, step) => {
      ports.stop(step);
      balancers.stop(step);
    }),
  },
  guards: { ...parts.guards, drained: when((data) => data.carrier.size === 0) },
  delays: { drainMsMax },
}).createMachine({
  id: "gateway",
  context: begin((input: GatewayInput) => createData(input)),
  initial: "syncing",
  on: {
    ...heard.on,
    ...carrying.on,
  },
  states: {
    syncing: {
      description: "which ports there are is not known yet",
      entry: "startInformers",
      on: { stop: "stopped" },
      always: { guard: "synced", target: "serving" },
    },
    serving: {
      entry: "openPorts",
      exit: "closePorts",
      on: { ...serving.on, stop: "draining" },
    },
    draining: {
      description: "nobody else is let in; who is may finish what was begun",
      always: { guard: "drained", target: "stopped" },
      after: { drainMsMax: "stopped" },
    },
    // Connections that are still open break: the device goes with its actor.
    stopped: { type: "final", entry: "stopInformers" },
  },
});
