import { setup } from "xstate";
import { type ActorEvent, type AskId, type ChartTypes, type Message, reducers, type Step } from "../../runtime/mod.ts";
import { carry } from "./carry.ts";
import { createData } from "./create_data.ts";
import { askRuntime, type ComputerData, relay } from "./data.ts";
import { pretence } from "./defects.ts";
import { dial } from "./dial.ts";
import type { ComputerInput, ComputerMessage, DataplaneRules } from "./messages.ts";
import { learn, ring, settle } from "./network.ts";
import { connect, push } from "./sockets.ts";
import { processSays } from "./stream_process.ts";
import { onStream, openStream, streamsGone } from "./streams.ts";

const { on, act, begin, when } = reducers<ComputerData, ComputerMessage>();

/** What the container runtime pushes for the node's kubelet. */
const kubeletPushes = ["cri.exited", "cri.ready", "cri.healthy", "cri.logged"] as const;

/** A reducer for one type of message; what it did to connections is carried out behind it. */
function net<Type extends ComputerMessage["type"]>(
  type: Type,
  reduce: (data: ComputerData, mail: Extract<ActorEvent<ComputerMessage>, { readonly type: Type }>, step: Step) => void,
) {
  return on(type, (data, mail, step) => {
    reduce(data, mail as never, step);
    settle(data, step);
  });
}

/** An answer has come to something that this computer asked, or it will not (undefined). */
function answered(
  data: ComputerData,
  { ask, body }: { readonly ask: AskId; readonly body: unknown },
  step: Step,
): void {
  const then = data.calls.get(ask);
  if (!then) return;
  data.calls.delete(ask);
  then(body, step);
  settle(data, step);
}

/**
 * The chart of a computer, which a node is. It runs until it is switched off, at first without rules, so that
 * its pods reach each other, but no Service.
 */
export const computer = setup({
  types: {} as ChartTypes<ComputerData, ComputerMessage, ComputerInput>,
  actions: {
    call: on("cri.call", (data, mail, step) => {
      const pretended = pretence(data.input.defects, mail.body.request);
      if (pretended) step.reply(mail, pretended);
      else relay(data, mail, mail.body.request, step, learn);
    }),
    applyRules: on("dataplane.apply", (data, mail, step) => {
      step.reply(mail, data.rules.apply(mail.body.request));
      if (data.input.defects?.includes("forgetsConnections")) data.conntrack.forgetAll();
    }),
    readRules: on("dataplane.read", ({ rules }, mail, step) => {
      const answer: DataplaneRules = {
        generation: rules.generation(),
        settings: rules.settings(),
        rules: [...rules.rules.values()],
      };
      step.reply(mail, answer);
    }),
    tellKubelet: act(({ input }, event, step) =>
      step.send(input.kubelet, (event as unknown as { body: Message }).body),
    ),
    takePacket: net("packet", (data, { body }, step) => carry(data, body, step)),
    connect: net("socket.connect", (data, { body }, step) => connect(data, body, step)),
    pushData: net("socket.data", (data, { body }, step) => push(data, body, step)),
    pushTaken: net("socket.taken", (data, { body }, step) => push(data, body, step)),
    pushReset: net("socket.reset", (data, { body }, step) => push(data, body, step)),
    get: on("host.get", (data, { from, ask, body }, step) => {
      const { url, headers, timeoutMs } = body;
      const request = { op: "HostHttp", url, headers, timeoutMs };
      askRuntime(data, step, request, (answer, later) => later.reply({ from, ask }, answer));
    }),
    dial: net("host.dial", dial),
    openStream: net("stream.open", openStream),
    streamData: net("stream.data", onStream),
    streamTaken: net("stream.taken", onStream),
    streamEnd: net("stream.end", onStream),
    streamClose: net("stream.close", onStream),
    streamAlive: net("stream.alive", onStream),
    processOutput: net("process.output", (data, { body }, step) => processSays(data, body, step)),
    processTaken: net("process.taken", (data, { body }, step) => processSays(data, body, step)),
    processClosed: net("process.closed", (data, { body }, step) => processSays(data, body, step)),
    streamsGone: on("down", (data, { address }, step) => {
      streamsGone(data, address, step);
      settle(data, step);
    }),
    breakAll: act((data, _event, step) => {
      for (const end of [...data.transport.ends()]) data.transport.reset(end, step);
      settle(data, step);
    }),
    ring: on("timer.wake" as "stop", (data, _event, step) => {
      ring(data, step);
      settle(data, step);
    }),
    answered: on("reply", answered),
    unanswered: on("failed", (data, { ask }, step) => answered(data, { ask, body: undefined }, step)),
  },
  guards: {
    isSilent: when((data) => data.transport.size === 0 && data.outbox.length === 0),
    hasRules: when((data) => data.rules.generation() > 0),
  },
}).createMachine({
  id: "computer",
  context: begin((input: ComputerInput, step) => createData(input, step)),
  initial: "running",
  states: {
    running: {
      on: {
        "cri.call": { actions: "call" },
        "dataplane.apply": { actions: "applyRules" },
        "dataplane.read": { actions: "readRules" },
        packet: { actions: "takePacket" },
        "socket.connect": { actions: "connect" },
        "socket.data": { actions: "pushData" },
        "socket.taken": { actions: "pushTaken" },
        "socket.reset": { actions: "pushReset" },
        "host.get": { actions: "get" },
        "host.dial": { actions: "dial" },
        "stream.open": { actions: "openStream" },
        "stream.data": { actions: "streamData" },
        "stream.taken": { actions: "streamTaken" },
        "stream.end": { actions: "streamEnd" },
        "stream.close": { actions: "streamClose" },
        "stream.alive": { actions: "streamAlive" },
        "process.output": { actions: "processOutput" },
        "process.taken": { actions: "processTaken" },
        "process.closed": { actions: "processClosed" },
        ...Object.fromEntries(kubeletPushes.map((type) => [type, { actions: "tellKubelet" as const }])),
        "timer.wake": { actions: "ring" },
        reply: { actions: "answered" },
        failed: { actions: "unanswered" },
        down: { actions: "streamsGone" },
        stop: "halting",
      },
      initial: "bare",
      states: {
        bare: {
          description: "no kube-proxy has made rules since it was switched on: addresses of Services lead nowhere",
          always: { guard: "hasRules", target: "programmed" },
        },
        programmed: {},
      },
    },
    halting: {
      description:
        "it ends in good order: other ends of its connections hear of it, which loss of power would not tell",
      entry: "breakAll",
      always: { guard: "isSilent", target: "off" },
    },
    off: { type: "final" },
  },
});
