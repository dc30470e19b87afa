import { setup } from "xstate";
import { type ChartTypes, handlers, type Mail, reducers, type Step } from "../../runtime/mod.ts";
import { componentParts } from "../client/component.ts";
import type { Datagram } from "../network/datagram.ts";
import type { Packet } from "../network/packet.ts";
import { serveDatagram } from "./datagrams.ts";
import type { DnsInput, DnsMessage, DnsPacket, DnsQuery } from "./messages.ts";
import { refusal } from "./records.ts";
import { createServer, type DnsData, listen, respond, serve } from "./server.ts";

const { act, begin, when } = reducers<DnsData, DnsMessage>();
const parts = componentParts<DnsData>();
const drainMsMax = 3_000;

const syncing = handlers<DnsData, DnsQuery | Datagram>({ "dns.query": refuse, datagram: refuseDatagram });

const serving = handlers<DnsData, DnsQuery | DnsPacket | Datagram | Packet>({
  packet: (data, mail, step) => data.connections.receive(mail, step),
  "timer.connections": (data, _event, step) => data.connections.wake(step),
  datagram: (data, mail, step) => serveDatagram(mail, step, (question, answer) => serve(data, question, step, answer)),
  "dns.query": (data, mail, step) => serve(data, mail.body.question, step, (reply, later) => later.reply(mail, reply)),
  "dns.packet": (data, { body }, step) => serve(data, body.question, step, respond(body.exchange)),
});

const stopping = handlers<DnsData, DnsQuery | DnsPacket | Datagram>({
  "dns.query": refuse,
  datagram: refuseDatagram,
  "dns.packet": (_data, { body }, step) => respond(body.exchange)(refusal("SERVFAIL"), step),
});

function refuse(_data: DnsData, mail: Mail<DnsQuery>, step: Step): void {
  step.reply(mail, refusal("SERVFAIL"));
}

function refuseDatagram(_data: DnsData, mail: Mail<Datagram>, step: Step): void {
  serveDatagram(mail, step, (_question, answer) => answer(refusal("SERVFAIL"), step));
}

/**
 * The chart of the cluster's DNS server: it reads the cluster (`syncing`), answers (`serving`; the world
 * outside once its port is `open`), and ends when those who
 * wait for another server have been answered (`stopping`). An API server that is away later on does not keep it from
 * answering: what it knows it tells.
 */
export const dnsMachine = setup({
  types: {} as ChartTypes<DnsData, DnsMessage, DnsInput>,
  actions: {
    ...parts.actions,
    listen: act((data, _event, step) => listen(data, step)),
    keepService: act(({ addon }, _event, step) => addon.start(step)),
    leaveService: act(({ addon }, _event, step) => addon.stop(step)),
  },
  guards: {
    ...parts.guards,
    listens: when((data) => data.listening === 0),
    drained: when((data) => data.forwards.size === 0),
  },
  delays: { drainMsMax },
}).createMachine({
  id: "dns",
  context: begin((input: DnsInput, step) => createServer(input, step)),
  on: parts.on,
  initial: "syncing",
  states: {
    syncing: {
      description: "a name that is not known yet is not a name that does not exist: it says that it cannot say",
      entry: "startInformers",
      on: { ...syncing.on, stop: "stopped" },
      always: { guard: "synced", target: "serving" },
    },
    serving: {
      entry: ["listen", "keepService"],
      exit: "leaveService",
      initial: "opening",
      on: { ...serving.on, stop: "stopping" },
      states: {
        opening: { always: { guard: "listens", target: "open" } },
        open: {},
      },
    },
    stopping: {
      description: "takes no more questions, and hands on the answers that are still to come",
      on: stopping.on,
      always: { guard: "drained", target: "stopped" },
      after: { drainMsMax: "stopped" },
    },
    stopped: { type: "final", entry: "stopInformers" },
  },
});
