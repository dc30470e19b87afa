import { setup } from "xstate";
import { type ChartTypes, handlers, reducers, type Step } from "../../runtime/mod.ts";
import { type ComponentMessage, componentParts } from "../client/component.ts";
import { createData, isDirty, isUrgent, type KubeProxyData, program } from "./data.ts";
import { momentOf } from "./health.ts";
import type { AskProxyPage, KubeProxyInput } from "./messages.ts";
import { proxyPage } from "./pages.ts";
import { checkRules } from "./sync.ts";

const { act, begin, when } = reducers<KubeProxyData, ComponentMessage | AskProxyPage>();
const parts = componentParts<KubeProxyData>();
const fullSyncMsDefault = 3_600_000;
const checkMsDefault = 30_000;

const always = handlers<KubeProxyData, AskProxyPage>({
  "proxy.page": ({ health }, mail, step) => step.reply(mail, proxyPage(mail.body, health, momentOf(step))),
  "timer.full": ({ sync }) => {
    sync.needsFull = true;
  },
});

const following = handlers<KubeProxyData, never>({
  "timer.check": (data, _event, step) => {
    checkRules(data, step);
    awaitCheck(data, step);
  },
});

function awaitCheck({ input }: KubeProxyData, step: Step): void {
  step.timer("check", input.checkMs ?? checkMsDefault);
}

/** The chart of a kube-proxy: it writes rules when something has changed, but not all the time. */
export const kubeProxyMachine = setup({
  types: {} as ChartTypes<KubeProxyData, ComponentMessage | AskProxyPage, KubeProxyInput>,
  actions: {
    ...parts.actions,
    program: act((data, _event, step) => {
      if (data.sync.needsFull) step.timer("full", data.input.fullSyncMs ?? fullSyncMsDefault);
      program(data, step);
    }),
    awaitTurn: act(({ sync }, _event, step) => step.timer("sync", Math.max(0, sync.nextAtMs - step.uptimeMs))),
    waitNoMore: act((_data, _event, step) => step.cancel("sync")),
    awaitRetry: act((data, _event, step) => step.timer("sync", data.sync.retryMs)),
    awaitCheck: act((data, _event, step) => awaitCheck(data, step)),
    disconnect: act((data, _event, step) => {
      for (const informer of data.informers) informer.stop(step);
      data.client.reset(step);
      step.cancel("sync");
      step.cancel("full");
      step.cancel("check");
    }),
  },
  guards: {
    ...parts.guards,
    isDirty: when((data) => isDirty(data)),
    isUrgent: when((data) => isUrgent(data)),
    isApplied: when((data) => data.sync.outcome === "applied"),
    isRefused: when((data) => data.sync.outcome === "refused"),
  },
}).createMachine({
  id: "kubeProxy",
  context: begin((input: KubeProxyInput, step) => createData(input, step)),
  initial: "syncing",
  on: { ...parts.on, ...always.on },
  states: {
    syncing: {
      description: "first lists are under way: rules made now would cut connections that are well",
      entry: "startInformers",
      on: { stop: "stopped" },
      always: { guard: "synced", target: "programming" },
    },
    programming: {
      description: "the dataplane has been asked and has not answered yet",
      entry: "program",
      on: { stop: "stopped" },
      always: [
        { guard: "isApplied", target: "following" },
        { guard: "isRefused", target: "backingOff" },
      ],
    },
    following: {
      description: "the dataplane has all rules that there are to have",
      entry: "awaitCheck",
      on: { ...following.on, stop: "stopped" },
      always: [
        { guard: "isUrgent", target: "programming" },
        { guard: "isDirty", target: "throttled" },
      ],
    },
    throttled: {
      description: "something has changed; what else does so soon is written along with it",
      entry: "awaitTurn",
      always: { guard: "isUrgent", target: "programming", actions: "waitNoMore" },
      on: { stop: "stopped", "timer.sync": "programming" },
    },
    backingOff: {
      description: "the dataplane has refused",
      entry: "awaitRetry",
      on: { stop: "stopped", "timer.sync": "programming" },
    },
    // Rules outlive their kube-proxy: connections go on while it is away.
    stopped: { type: "final", entry: "disconnect" },
  },
});
