import { setup } from "xstate";
import { type ActorEvent, type Message, reducers } from "../../runtime/mod.ts";
import { createData, type MachineData, relay } from "./data.ts";
import type { DataplaneRules, MachineInput, MachineMessage } from "./messages.ts";

const { on, act, begin } = reducers<MachineData, MachineMessage>();

/** What the container runtime pushes for the node's kubelet. */
const kubeletPushes = ["cri.exited", "cri.ready", "cri.healthy", "cri.logged"] as const;

/** The chart of a machine: the computer that a node is. It runs until it is switched off. */
export const machine = setup({
  types: { context: {} as MachineData, events: {} as ActorEvent<MachineMessage>, input: {} as MachineInput },
  actions: {
    call: on("cri.call", (data, mail, step) => relay(data, mail, mail.body.request, step)),
    applyRules: on("dataplane.apply", ({ rules }, mail, step) => step.reply(mail, rules.apply(mail.body.request))),
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
    answered: on("reply", ({ calls }, { ask, body }, step) => {
      const then = calls.get(ask);
      calls.delete(ask);
      then?.(body, step);
    }),
  },
}).createMachine({
  id: "machine",
  context: begin((input: MachineInput) => createData(input)),
  initial: "running",
  states: {
    running: {
      on: {
        "cri.call": { actions: "call" },
        "dataplane.apply": { actions: "applyRules" },
        "dataplane.read": { actions: "readRules" },
        ...Object.fromEntries(kubeletPushes.map((type) => [type, { actions: "tellKubelet" as const }])),
        reply: { actions: "answered" },
        stop: "off",
      },
    },
    off: { type: "final" },
  },
});
