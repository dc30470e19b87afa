import { setup } from "xstate";
import { type ChartTypes, handlers, type Mail, reducers } from "../../runtime/mod.ts";
import { type ComponentMessage, componentParts } from "../client/component.ts";
import { createData, type DraDriverData } from "./data.ts";
import type { DraDriverInput, DraDriverMessage, DriverInfo, PrepareClaims, UnprepareClaims } from "./messages.ts";
import { work } from "./prepare.ts";
import { publish, publishAgain, sliceChanged } from "./publish.ts";

const { act, begin, when } = reducers<DraDriverData, ComponentMessage | DraDriverMessage>();
const parts = componentParts<DraDriverData>();

const enqueue = (
  data: DraDriverData,
  mail: Mail<PrepareClaims | UnprepareClaims>,
  step: Parameters<typeof work>[1],
) => {
  data.calls.push(mail);
  work(data, step);
};

const always = handlers<DraDriverData, DraDriverMessage>({
  "dra.info": (data, mail, step) => {
    step.reply(mail, { driver: data.input.driver } satisfies DriverInfo);
    data.isKnown = true;
  },
  "dra.prepare": enqueue,
  "dra.unprepare": enqueue,
  "timer.publish": (data, _event, step) => publishAgain(data, step),
});

/** The chart of a driver: it shows its node's devices, and has those of claims ready when its kubelet asks for them. */
export const draDriverMachine = setup({
  types: {} as ChartTypes<DraDriverData, ComponentMessage | DraDriverMessage, DraDriverInput>,
  actions: {
    ...parts.actions,
    watchSlices: act((data, _event, step) => {
      data.slices.onChange(({ object }, later) => sliceChanged(data, object.metadata.name, later));
      data.slices.onListed((later) => publish(data, later));
      data.slices.start(step);
    }),
    publish: act((data, _event, step) => publish(data, step)),
    disconnect: act((data, _event, step) => {
      data.slices.stop(step);
      data.client.reset(step);
      step.cancel("publish");
    }),
  },
  guards: {
    ...parts.guards,
    isKnown: when(({ isKnown }) => isKnown),
    isAtWork: when(({ isAtWork }) => isAtWork),
    isAtRest: when(({ isAtWork }) => !isAtWork),
  },
}).createMachine({
  id: "draDriver",
  context: begin((input: DraDriverInput) => createData(input)),
  initial: "syncing",
  on: { ...parts.on, ...always.on },
  states: {
    syncing: {
      description: "what is said of its node's devices is not known yet",
      entry: "watchSlices",
      on: { stop: "stopped" },
      always: { guard: "synced", target: "waiting" },
    },
    waiting: {
      description: "no kubelet has asked for it: nobody could use its devices",
      on: { stop: "stopped" },
      always: { guard: "isKnown", target: "offering" },
    },
    offering: {
      description: "its devices are offered, and none is asked for at this moment",
      entry: "publish",
      on: { stop: "stopped" },
      always: { guard: "isAtWork", target: "preparing" },
    },
    preparing: {
      description: "devices of claims are made ready, or are taken back",
      on: { stop: "stopped" },
      always: { guard: "isAtRest", target: "offering" },
    },
    // What it has prepared outlives it, and so do its slices, for as long as its kubelet lets them.
    stopped: { type: "final", entry: "disconnect" },
  },
});
