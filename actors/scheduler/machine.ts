import { setup } from "xstate";
import { type ChartTypes, handlers, reducers, type Step } from "../../runtime/mod.ts";
import { event } from "../api/kinds/event.ts";
import { lease } from "../api/kinds/lease.ts";
import { type ApiClient, createApiClient } from "../client/api_client.ts";
import { type ComponentData, componentHandlers, componentParts, offer } from "../client/component.ts";
import { createEventRecorder, type EventRecorder } from "../client/events.ts";
import { createLeaderElection, type LeaderElection } from "../client/leader_election.ts";
import { present } from "../kit/present.ts";
import { type Core, createCore } from "./core.ts";
import { createExecutor, type Executor } from "./cycle/executor.ts";
import { getOrMake } from "./get_or_make.ts";
import type { SchedulerInput, SchedulerMessage } from "./messages.ts";
import { watchCluster } from "./watching.ts";

/** What a scheduler keeps. What it knows of the cluster is made anew each time it comes to lead. */
export interface SchedulerData extends ComponentData {
  readonly input: SchedulerInput;
  readonly client: ApiClient;
  readonly election: LeaderElection;
  informers: ComponentData["informers"];
  core: Core;
  executor: Executor;
  /** When the timer that wakes the queue is set to go off, on its own `uptimeMs`. */
  wakeAtMs: number | undefined;
}

const bindingsMaxDefault = 100;
/** Pods tried in one step; the rest is tried in the next, so that answers are not kept waiting. */
const attemptsMax = 200;

function createData(input: SchedulerInput, step: Step): SchedulerData {
  const { servers, leaseMs, renewDeadlineMs, retryMs } = input;
  const client = createApiClient({ servers, requestsMax: 2 * (input.bindingsMax ?? bindingsMaxDefault) });
  const electionClient = createApiClient({ servers, name: "election" });
  const election = createLeaderElection({
    client: electionClient,
    kind: lease,
    namespace: "kube-system",
    name: "kube-scheduler",
    identity: `${step.self}_${step.incarnation}`,
    ...present({ leaseMs, renewDeadlineMs, retryMs }),
  });
  return { input, client, election, takers: [electionClient, client], ...ignorant(input, client), wakeAtMs: undefined };
}

/** A core that has seen nothing, and what belongs to it. */
function ignorant(input: SchedulerInput, client: ApiClient) {
  const recorders = new Map<string, EventRecorder>();
  const recorderOf = (component: string) =>
    getOrMake(recorders, component, () => createEventRecorder({ client, kind: event, component }));
  const core = createCore(present({ configuration: input.configuration }));
  const executor = createExecutor({ client, recorderOf, core });
  return { core, executor, informers: watchCluster(client, core) };
}

/** Tries pods for as long as any wait, this scheduler leads, and not too many bindings are under way. */
function schedule(data: SchedulerData, step: Step) {
  const { core, executor, election, input } = data;
  const { bindingsMax = bindingsMaxDefault } = input;
  const nowMs = step.uptimeMs;
  const chance = { nowMs, int: step.int };
  executor.goOn(step);
  let tried = 0;
  const mayGoOn = () => executor.underWay < bindingsMax && election.leads(step);
  for (; tried < attemptsMax && mayGoOn(); tried++) {
    const decision = core.next(chance);
    if (!decision) break;
    executor.carryOut(step, decision);
  }
  const delayMs = tried === attemptsMax ? 0 : core.queue.flush(nowMs);
  if (delayMs !== undefined) wakeIn(data, step, delayMs);
}

function wakeIn(data: SchedulerData, step: Step, delayMs: number) {
  const atMs = step.uptimeMs + Math.ceil(delayMs);
  if (data.wakeAtMs !== undefined && data.wakeAtMs <= atMs) return;
  data.wakeAtMs = atMs;
  step.timer("scheduler.wake", Math.ceil(delayMs));
}

const { act, begin, when } = reducers<SchedulerData, SchedulerMessage>();
const parts = componentParts<SchedulerData>();
const drainMsMax = 3_000;

/** While scheduling, whatever is heard may let a pod be tried. */
const heard = componentHandlers<SchedulerData>((data, event, step) => {
  offer(data, event, step);
  schedule(data, step);
});

const woken = handlers<SchedulerData, never>({
  "timer.scheduler.wake": (data, _event, step) => {
    data.wakeAtMs = undefined;
    schedule(data, step);
  },
});

/** The chart of a scheduler: of several, the one that holds the Lease schedules. */
export const schedulerMachine = setup({
  types: {} as ChartTypes<SchedulerData, SchedulerMessage, SchedulerInput>,
  actions: {
    ...parts.actions,
    campaign: act(({ election }, _event, step) => election.start(step)),
    resign: act(({ election }, _event, step) => election.stop(step)),
    // Nothing that it still meant to write may be written once another leads.
    forgetAll: act((data, _event, step) => {
      for (const informer of data.informers) informer.stop(step);
      data.client.reset(step);
      Object.assign(data, ignorant(data.input, data.client));
    }),
    schedule: act((data, _event, step) => schedule(data, step)),
  },
  guards: {
    ...parts.guards,
    leads: when((data) => data.election.leading()),
    deposed: when((data) => !data.election.leading()),
    drained: when((data) => data.executor.underWay === 0),
  },
  delays: { drainMsMax },
}).createMachine({
  id: "scheduler",
  context: begin(createData),
  on: parts.on,
  initial: "standby",
  states: {
    standby: {
      description: "another scheduler leads, or nobody yet",
      entry: "campaign",
      on: { stop: "stopped" },
      always: { guard: "leads", target: "syncing" },
    },
    syncing: {
      description: "first lists are under way: nodes would seem emptier than they are",
      entry: "startInformers",
      on: { stop: "stopped" },
      always: [
        { guard: "deposed", target: "standby", actions: "forgetAll" },
        { guard: "synced", target: "scheduling" },
      ],
    },
    scheduling: {
      entry: "schedule",
      on: { ...heard.on, ...woken.on, stop: "stopping" },
      always: { guard: "deposed", target: "standby", actions: "forgetAll" },
    },
    stopping: {
      description: "places no more pods, and hears what came of the bindings under way",
      always: { guard: "drained", target: "stopped" },
      after: { drainMsMax: "stopped" },
    },
    stopped: { type: "final", entry: ["stopInformers", "resign"] },
  },
});
