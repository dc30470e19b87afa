import { setup } from "xstate";
import { type ActorEvent, reducers } from "../../runtime/mod.ts";
import { componentParts } from "../client/component.ts";
import type { DnsInput, DnsMessage } from "./messages.ts";
import { refusal } from "./records.ts";
import { createServer, type DnsData, listen, respond, serve } from "./server.ts";

const { on, act, begin } = reducers<DnsData, DnsMessage>();
const parts = componentParts<DnsData>();
const drainMsMax = 3_000;

/**
 * The chart of the cluster's DNS server: it reads the cluster (`syncing`), answers (`serving`; the world
 * outside once its port is `open`), and ends when those who
 * wait for another server have been answered (`stopping`). An API server that is away later on does not keep it from
 * answering: what it knows it tells.
 */
export const dnsMachine = setup({
  types: {} as { context: DnsData; events: ActorEvent<DnsMessage>; input: DnsInput },
  actions: {
    ...parts.actions,
    listen: act((data, _event, step) => listen(data, step)),
    keepService: act(({ addon }, _event, step) => addon.start(step)),
    leaveService: act(({ addon }, _event, step) => addon.stop(step)),
    answer: on("dns.query", (data, mail, step) =>
      serve(data, mail.body.question, step, (reply, later) => later.reply(mail, reply)),
    ),
    answerPacket: on("dns.packet", (data, { body }, step) => serve(data, body.question, step, respond(body.exchange))),
    refuse: on("dns.query", (_data, mail, step) => step.reply(mail, refusal("SERVFAIL"))),
    refusePacket: on("dns.packet", (_data, { body }, step) => respond(body.exchange)(refusal("SERVFAIL"), step)),
  },
  guards: {
    ...parts.guards,
    listens: ({ context }) => context.state.listening === 0,
    drained: ({ context }) => context.forwards.size === 0,
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
      on: { "dns.query": { actions: "refuse" }, stop: "stopped" },
      always: { guard: "synced", target: "serving" },
    },
    serving: {
      entry: ["listen", "keepService"],
      exit: "leaveService",
      initial: "opening",
      on: {
        "dns.query": { actions: "answer" },
        "dns.packet": { actions: "answerPacket" },
        stop: "stopping",
      },
      states: {
        opening: { always: { guard: "listens", target: "open" } },
        open: {},
      },
    },
    stopping: {
      description: "takes no more questions, and hands on the answers that are still to come",
      on: { "dns.query": { actions: "refuse" }, "dns.packet": { actions: "refusePacket" } },
      always: { guard: "drained", target: "stopped" },
      after: { drainMsMax: "stopped" },
    },
    stopped: { type: "final", entry: "stopInformers" },
  },
});
