import { setup } from "xstate";
import { type Address, type ChartTypes, handlers, reducers, type Step } from "../../runtime/mod.ts";
import { type Alarms, createAlarms } from "../kit/alarms.ts";
import { failed } from "../kit/result.ts";
import type { KubeletInput } from "../kubelet/messages.ts";
import { answered } from "./answer.ts";
import { filledUp, founded, type Ground, without, withState } from "./instances.ts";
import type {
  BalancersAre,
  BalancersAsked,
  CloudAnswer,
  CloudCall,
  CloudInput,
  CloudMessage,
  Instance,
} from "./messages.ts";
import { all } from "./providers/all.ts";
import { type CloudState, nothingRented } from "./state.ts";

/** What a provider keeps. */
export interface CloudData {
  readonly input: CloudInput;
  readonly ground: Ground;
  readonly alarms: Alarms<Step>;
  state: CloudState;
  /** What it had before its last change. */
  before: CloudState;
}

const bootTimer = "boots";
/** How long a group takes to notice that an instance of it is gone. */
const replaceMs = 2_000;

function createData(input: CloudInput, step: Step): CloudData {
  const provider = all.find(({ name }) => name === input.provider);
  if (!provider) throw new Error(`Starting a cloud: there is no provider "${input.provider}"`);
  const ground: Ground = {
    ...{ provider, slots: input.slots, sizeMin: input.nodes, life: step.incarnation, sinceMs: step.nowMs },
    capacity: input.capacity ?? provider.capacity,
  };
  const alarms = createAlarms<Step>((delayMs, at) => at.timer(bootTimer, delayMs));
  return { input, ground, alarms, state: nothingRented, before: nothingRented };
}

/** What is rented is another now: computers come and go with it. */
function become(data: CloudData, state: CloudState, step: Step): void {
  const { state: before, ground, alarms, input } = data;
  if (state === before) return;
  data.before = before;
  data.state = state;
  const isOn = (each: CloudState, id: string) => each.instances.some((one) => one.id === id && one.state === "running");
  for (const { id, node } of before.instances) if (isOn(before, id) && !isOn(state, id)) switchOff(data, node, step);
  for (const instance of state.instances) {
    const { id, state: is } = instance;
    if (is === "running" && !isOn(before, id)) switchOn(data, instance, step);
    const isNew = is === "pending" && !before.instances.some((each) => each.id === id);
    const boot = (later: Step) => become(data, withState(data.state, id, "running"), later);
    if (isNew) alarms.set(ground.provider.bootMs, boot, step);
  }
  if (state.balancers !== before.balancers) tellBalancers(data, input.gateway, step);
}

/** A name is given to one instance after the other: its kubelet says which of them this is. */
function switchOn({ ground }: CloudData, { node, id }: Instance, step: Step) {
  const slot = ground.slots.find((each) => each.node === node);
  for (const spec of slot?.actors ?? []) {
    const isKubelet = spec.kind === "kubelet";
    step.spawn(isKubelet ? { ...spec, input: { ...(spec.input as KubeletInput), machine: id } } : spec);
  }
}

function switchOff({ ground }: CloudData, node: string, step: Step) {
  const slot = ground.slots.find((each) => each.node === node);
  for (const { address = "" } of slot?.actors ?? []) step.stop(address);
}

function tellBalancers({ state }: CloudData, to: Address | undefined, step: Step) {
  const body: BalancersAre = { type: "gateway.balancers", balancers: state.balancers };
  if (to !== undefined) step.send(to, body);
}

/** It is gone without anybody's will, and its group makes another. */
function lose(data: CloudData, node: string, step: Step) {
  become(
    data,
    without(data.state, (each) => each.node === node),
    step,
  );
  data.alarms.set(replaceMs, (later) => become(data, filledUp(data.state, data.ground), later), step);
}

function answerTo(data: CloudData, { request, mishap }: CloudCall, step: Step): CloudAnswer {
  const { ground } = data;
  if (mishap?.startsWith("lost ")) lose(data, mishap.slice("lost ".length), step);
  if (mishap === "throttled") return failed({ reason: "throttled", message: ground.provider.throttledText });
  const isStale = mishap === "stale" && request.op.startsWith("List");
  const how = { request, ground, isHalf: mishap === "halfDone" && !request.op.startsWith("List") };
  if (isStale) return answered(data.before, how).answer;
  const { state, answer } = answered(data.state, how);
  become(data, state, step);
  return answer;
}

const { act, begin, when } = reducers<CloudData, CloudMessage>();

const open = handlers<CloudData, CloudCall | BalancersAsked>({
  "cloud.call": (data, mail, step) => step.reply(mail, answerTo(data, mail.body, step)),
  "cloud.balancers": (data, { from }, step) => tellBalancers(data, from, step),
  [`timer.${bootTimer}`]: ({ alarms }, _event, step) => alarms.ring(step),
});

const isBooting = ({ state }: CloudData) => state.instances.some(({ state: is }) => is === "pending");

/** The chart of a provider: what is rented from it is there as long as it is `open`. */
export const cloudMachine = setup({
  types: {} as ChartTypes<CloudData, CloudMessage, CloudInput>,
  guards: {
    boots: when(isBooting),
    stands: when((data) => !isBooting(data)),
  },
  actions: {
    found: act((data, _event, step) => become(data, founded(data.input, data.ground, data.state), step)),
  },
}).createMachine({
  id: "cloud",
  context: begin(createData),
  initial: "open",
  states: {
    open: {
      entry: "found",
      on: { ...open.on, stop: "closed" },
      initial: "settled",
      states: {
        settled: { always: { guard: "boots", target: "booting" } },
        booting: { description: "instances are on their way", always: { guard: "stands", target: "settled" } },
      },
    },
    closed: { type: "final" },
  },
});
