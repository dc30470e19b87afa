import { setup } from "xstate";
import { type ChartTypes, reducers, type Step } from "../../runtime/mod.ts";
import { componentParts, offer } from "../client/component.ts";
import { againTimer, tryTimer } from "./carrier.ts";
import { arm, createData, type GatewayData, networkTimer } from "./data.ts";
import type { GatewayInput, GatewayMessage } from "./messages.ts";
import { retryTimer } from "./node_ports.ts";

const { on, act, begin, when } = reducers<GatewayData, GatewayMessage>();
const parts = componentParts<GatewayData>();

/** A reducer after which the transport may want to be woken at another time. */
const armed =
  <Event>(reduce: (data: GatewayData, event: Event, step: Step) => void) =>
  (data: GatewayData, event: Event, step: Step) => {
    reduce(data, event, step);
    arm(data, step);
  };

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
    take: act(armed((data, event, step) => offer(data, event, step))),
    openPorts: act(({ ports }, _event, step) => ports.start(step)),
    closePorts: act(({ ports }, _event, step) => ports.stop(step)),
    retryPorts: act(({ ports }, _event, step) => ports.retry(step)),
    admit: on(
      "tcp.opened",
      armed(({ carrier }, { body }, step) => carrier.opened(body, step)),
    ),
    carryIn: on(
      "tcp.data",
      armed(({ carrier }, { body: { connection, data } }, step) =>
        carrier.data(connection, { data, isLast: false }, step),
      ),
    ),
    endIn: on(
      "tcp.ended",
      armed(({ carrier }, { body: { connection } }, step) =>
        carrier.data(connection, { data: "", isLast: true }, step),
      ),
    ),
    close: on(
      "tcp.closed",
      armed(({ carrier }, { body: { connection, isBroken } }, step) => carrier.closed(connection, isBroken, step)),
    ),
    receive: on(
      "packet",
      armed(({ transport }, { body }, step) => transport.receive(body, step)),
    ),
    wake: act(
      armed(({ transport, clock }, _event, step) => {
        clock.wakesAtMs = undefined;
        transport.wake(step);
      }),
    ),
    tryAgain: act(armed(({ carrier }, _event, step) => carrier.tryAgain(step))),
    passOver: act(armed(({ carrier }, _event, step) => carrier.passOver(step))),
  },
  guards: { ...parts.guards, drained: when((data) => data.carrier.size === 0) },
  delays: { drainMsMax },
}).createMachine({
  id: "gateway",
  context: begin((input: GatewayInput) => createData(input)),
  initial: "syncing",
  on: {
    ...parts.on,
    packet: { actions: "receive" },
    "tcp.data": { actions: "carryIn" },
    "tcp.ended": { actions: "endIn" },
    "tcp.closed": { actions: "close" },
    [`timer.${networkTimer}`]: { actions: "wake" },
    [`timer.${tryTimer}`]: { actions: "passOver" },
    [`timer.${againTimer}`]: { actions: "tryAgain" },
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
      on: {
        "tcp.opened": { actions: "admit" },
        [`timer.${retryTimer}`]: { actions: "retryPorts" },
        stop: "draining",
      },
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
