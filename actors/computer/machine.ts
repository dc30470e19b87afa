import { setup } from "xstate";
import {
  type AskId,
  type ChartTypes,
  type Handler,
  handlers,
  type Mail,
  reducers,
  type Step,
} from "../../runtime/mod.ts";
import type { CriPush, LogPush, MemoryPush, ProcessPush, SocketPush } from "../cri/messages.ts";
import type { Datagram, DatagramPush } from "../network/datagram.ts";
import type { Packet } from "../network/packet.ts";
import type { StreamMessage } from "../network/streams.ts";
import { askerGone, begin as beginPods, giveUpLate, hold } from "./beginnings.ts";
import { carry } from "./carry.ts";
import { createData } from "./create_data.ts";
import { askRuntime, type ComputerData, relay } from "./data.ts";
import { carryDatagram, dropStaleDatagrams, sendDatagram } from "./datagrams.ts";
import { dial } from "./dial.ts";
import type {
  ComputerInput,
  ComputerMessage,
  CriCall,
  DataplaneApply,
  DataplaneRead,
  DataplaneRules,
  HostDial,
  HostGet,
  LogCall,
  ManifestsPush,
  ManifestsRead,
  ReadManifests,
  VolumeCall,
} from "./messages.ts";
import { learn, ring, settle } from "./network.ts";
import { connect, push } from "./sockets.ts";
import { processSays } from "./stream_process.ts";
import { onStream, openStream, streamsGone } from "./streams.ts";

const { act, begin, when } = reducers<ComputerData, ComputerMessage>();

/** What a handler did to connections is carried out behind it. */
const settled =
  <Event>(handle: Handler<ComputerData, Event>): Handler<ComputerData, Event> =>
  (data, event, step) => {
    handle(data, event, step);
    settle(data, step);
  };

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

/** What agents ask of it: the kubelet, kube-proxy, and who looks at the node. */
const agents = handlers<
  ComputerData,
  CriCall | LogCall | VolumeCall | ManifestsRead | DataplaneApply | DataplaneRead | HostGet | HostDial
>({
  "cri.call": (data, mail, step) => {
    if (!hold(data, mail, step)) relay(data, mail, mail.body.request, step, learn);
  },
  "log.call": (data, { from, ask, body }, step) =>
    askRuntime(data, step, body.request, (answer, later) => later.reply({ from, ask }, answer)),
  "volume.call": (data, { from, ask, body }, step) =>
    askRuntime(data, step, body.request, (answer, later) => later.reply({ from, ask }, answer)),
  "manifests.read": ({ calls, input }, { from, ask }, step) => {
    const request: ReadManifests = { op: "ReadManifests", node: input.node };
    calls.set(step.device("manifests", request), (answer, later) => later.reply({ from, ask }, answer));
  },
  "dataplane.apply": (data, mail, step) => {
    step.reply(mail, data.rules.apply(mail.body.request));
    dropStaleDatagrams(data);
    beginPods(data, step);
  },
  "dataplane.read": ({ rules }, mail, step) => {
    const answer: DataplaneRules = {
      generation: rules.generation(),
      settings: rules.settings(),
      rules: [...rules.rules.values()],
    };
    step.reply(mail, answer);
  },
  "host.get": (data, { from, ask, body }, step) => {
    const { type, ...asked } = body;
    askRuntime(data, step, { op: "HostHttp", ...asked }, (answer, later) => later.reply({ from, ask }, answer));
  },
  "host.dial": settled(dial),
});

const pushSocket = settled<Mail<Exclude<SocketPush, { readonly type: "socket.connect" }>>>((data, { body }, step) =>
  push(data, body, step),
);
const hearProcess = settled<Mail<ProcessPush>>((data, { body }, step) => processSays(data, body, step));
const hearStream = settled<Mail<StreamMessage>>(onStream);
const tellKubelet: Handler<ComputerData, Mail<CriPush | LogPush | MemoryPush | ManifestsPush>> = (
  { input },
  { body },
  step,
) => step.send(input.kubelet, body);

/** What comes from its container runtime, from other computers, and by streams. */
const traffic = handlers<
  ComputerData,
  | (Packet | Datagram | DatagramPush | SocketPush | ProcessPush | StreamMessage)
  | (CriPush | LogPush | MemoryPush | ManifestsPush)
>({
  packet: settled((data, { body }, step) => carry(data, body, step)),
  datagram: (data, { body }, step) => carryDatagram(data, body, step),
  "socket.datagram": (data, { body }, step) => sendDatagram(data, body, step),
  "socket.connect": settled((data, { body }, step) => connect(data, body, step)),
  "socket.data": pushSocket,
  "socket.taken": pushSocket,
  "socket.reset": pushSocket,
  "stream.open": settled(openStream),
  "stream.data": hearStream,
  "stream.taken": hearStream,
  "stream.end": hearStream,
  "stream.close": hearStream,
  "stream.alive": hearStream,
  "process.output": hearProcess,
  "process.taken": hearProcess,
  "process.closed": hearProcess,
  "cri.exited": tellKubelet,
  "log.written": tellKubelet,
  "memory.taken": tellKubelet,
  "manifests.changed": tellKubelet,
  "timer.wake": settled((data, _event, step) => ring(data, step)),
  "timer.beginnings": giveUpLate,
  reply: answered,
  failed: (data, { ask }, step) => answered(data, { ask, body: undefined }, step),
  down: settled((data, { address }, step) => {
    askerGone(data, address);
    streamsGone(data, address, step);
  }),
});

/**
 * The chart of a computer, which a node is. It runs until it is switched off, at first without rules, so that
 * its pods reach each other, but no Service.
 */
export const computer = setup({
  types: {} as ChartTypes<ComputerData, ComputerMessage, ComputerInput>,
  actions: {
    breakAll: act((data, _event, step) => {
      const { transport } = data.traffic ?? {};
      for (const end of [...(transport?.ends() ?? [])]) transport?.reset(end, step);
      settle(data, step);
    }),
  },
  guards: {
    isSilent: when(({ traffic }) => !traffic || (traffic.transport.size === 0 && traffic.outbox.length === 0)),
    hasRules: when((data) => data.rules.generation() > 0),
  },
}).createMachine({
  id: "computer",
  context: begin((input: ComputerInput, step) => createData(input, step)),
  initial: "running",
  states: {
    running: {
      on: { ...agents.on, ...traffic.on, stop: "halting" },
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
