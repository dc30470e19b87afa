import { setup } from "xstate";
import { deployment } from "../../actors/api/kinds/deployment.ts";
import { node } from "../../actors/api/kinds/node.ts";
import { pod } from "../../actors/api/kinds/pod.ts";
import { service } from "../../actors/api/kinds/service.ts";
import type { Pod } from "../../actors/api/types.ts";
import { type ApiClient, createApiClient } from "../../actors/client/api_client.ts";
import type { Kind } from "../../actors/client/api_request.ts";
import type { Failure, Outcome, Then } from "../../actors/client/outcome.ts";
import { ok } from "../../actors/kit/result.ts";
import { type Address, type ChartTypes, defineActor, type Message, reducers, type Step } from "../../runtime/mod.ts";
import { issueChore } from "./chores.ts";
import { type Command, describeCommand, userTaint } from "./command.ts";
import { deploymentOf, gate, podOf, serviceOf } from "./manifests.ts";
import { issueSet } from "./sets.ts";

/** The input of a driver. */
export interface DriverInput {
  readonly servers: readonly Address[];
  readonly commands: readonly Command[];
}

/** What a driver knows; checks read it. */
export interface DriverData {
  readonly client: ApiClient;
  readonly commands: readonly Command[];
  /** Commands that were acknowledged: all before this index. */
  acknowledged: number;
  isAsking: boolean;
  /** Names of objects about which a question went unanswered: it may still be carried out, late. */
  readonly doubtful: Set<string>;
  /** For people: what was tried and what came of it. */
  readonly notes: { readonly atMs: number; readonly text: string }[];
}

/** A command that takes more than one request. */
interface Task<Op extends Command["op"]> {
  readonly command: Command & { readonly op: Op };
  readonly then: Then<unknown>;
}

const namespace = "default";
const nobodyLeft: Outcome<unknown> = ok(undefined);
const retryMs = 500;
const { act, begin, when } = reducers<DriverData, Message>();

/** Carries out the next command when its time has come. */
function proceed(data: DriverData, step: Step) {
  const command = data.commands[data.acknowledged];
  if (!command || data.isAsking) return;
  if (command.atMs > step.uptimeMs) {
    step.timer("next", command.atMs - step.uptimeMs);
    return;
  }
  data.isAsking = true;
  issue(data, command, step);
}

function issue(data: DriverData, command: Command, step: Step) {
  const then = (outcome: Outcome<unknown>, later: Step) => settle(data, { command, outcome }, later);
  const target = { kind: deployment, namespace, name: command.name };
  switch (command.op) {
    case "create":
      return data.client.create(step, { kind: deployment, namespace, object: deploymentOf(command) }, then);
    case "scale":
      return data.client.patch(step, { ...target, patch: { spec: { replicas: command.replicas } } }, then);
    case "setImage": {
      const containers = [{ name: "main", image: command.image }];
      const patch = { spec: { template: { spec: { containers } } } };
      return data.client.patch(step, { ...target, patch }, then);
    }
    case "delete":
      return data.client.remove(step, { ...target, propagationPolicy: "Background" }, then);
    case "killPods":
      return killPods(data, { command, then }, step);
    case "createPod":
      return createPod(data, { command, then }, step);
    case "deletePod": {
      const grace = command.force ? { gracePeriodSeconds: 0 } : {};
      return data.client.remove(step, { kind: pod, namespace, name: command.name, ...grace }, then);
    }
    case "deleteNode":
      return data.client.remove(step, { kind: node, name: command.name }, then);
    case "labelNode":
      return data.client.patch(
        step,
        { kind: node, name: command.name, patch: { metadata: { labels: command.labels } } },
        then,
      );
    case "createService":
      return data.client.create(step, { kind: service, namespace, object: serviceOf(command) }, then);
    case "changeFamilies": {
      const patch = { spec: { ipFamilyPolicy: command.families } };
      return data.client.patch(step, { kind: service, namespace, name: command.name, patch }, then);
    }
    case "changeService": {
      const { name, spec } = command;
      const contentType = "application/merge-patch+json";
      return data.client.patch(step, { kind: service, namespace, name, patch: { spec }, contentType }, then);
    }
    case "deleteService":
      return data.client.remove(step, { kind: service, namespace, name: command.name }, then);
    case "cordon": {
      const patch = { spec: { unschedulable: command.isOn } };
      return data.client.patch(step, { kind: node, name: command.name, patch }, then);
    }
    case "taint": {
      const taint = { key: userTaint, effect: command.effect };
      const taints = [command.isOn ? taint : { key: userTaint, $patch: "delete" }];
      return data.client.patch(step, { kind: node, name: command.name, patch: { spec: { taints } } }, then);
    }
    case "passGate": {
      const patch = { status: { conditions: [{ type: gate, status: "True" }] } };
      return data.client.patch(step, { kind: pod, namespace, name: command.name, subresource: "status", patch }, then);
    }
    case "evictPods":
      return evictPods(data, { command, then }, step);
    case "make":
    case "change":
    case "drop":
      return issueChore({ client: data.client, command, then }, step);
    case "createSet":
    case "scaleSet":
    case "setImageOfSet":
    case "deleteClaim":
      return issueSet({ client: data.client, command, then }, step);
  }
}

/** A pod of that name that is still on its way out is not the one that was asked for. */
function createPod(data: DriverData, { command, then }: Task<"createPod">, step: Step) {
  data.client.create<Pod>(step, { kind: pod, namespace, object: podOf(command) }, (created, later) => {
    if (created.ok || created.failure.reason !== "AlreadyExists") return then(created, later);
    data.client.get<Pod>(later, { kind: pod, namespace, name: command.name }, (found, now) => {
      const isLiving = found.ok && found.value.metadata.deletionTimestamp === undefined;
      then(isLiving ? found : created, now);
    });
  });
}

/** Looks which pods there are, and deletes some, one after the other; the outcome is that of the first failure. */
function killPods(data: DriverData, { command, then }: Task<"killPods">, step: Step) {
  const query = { labelSelector: `app=${command.name}` };
  data.client.list<Pod>(step, { kind: pod, namespace, query }, (listed, later) => {
    if (!listed.ok) return then(listed, later);
    const names = listed.value.items.map(({ metadata }) => metadata.name).sort();
    const grace = command.force ? { gracePeriodSeconds: 0 } : {};
    killNext(data, { names: names.slice(0, command.count), grace, then }, later);
  });
}

interface Killing {
  readonly names: readonly string[];
  readonly grace: { readonly gracePeriodSeconds?: number };
  readonly then: Then<unknown>;
}

function killNext(data: DriverData, { names, grace, then }: Killing, step: Step) {
  const [name, ...rest] = names;
  if (name === undefined) return then(nobodyLeft, step);
  data.client.remove(step, { kind: pod, namespace, name, ...grace }, (outcome, later) => {
    const isGone = outcome.ok || outcome.failure.reason === "NotFound";
    if (isGone) killNext(data, { names: rest, grace, then }, later);
    else then(outcome, later);
  });
}

/** Asks for the end of some pods, each once: whether a budget grants it is not the user's business. */
function evictPods(data: DriverData, { command, then }: Task<"evictPods">, step: Step) {
  const query = { labelSelector: `app=${command.name}` };
  data.client.list<Pod>(step, { kind: pod, namespace, query }, (listed, later) => {
    if (!listed.ok) return then(listed, later);
    const names = listed.value.items.map(({ metadata }) => metadata.name).sort();
    evictNext(data, { names: names.slice(0, command.count), then }, later);
  });
}

function evictNext(data: DriverData, { names, then }: Omit<Killing, "grace">, step: Step) {
  const [name, ...rest] = names;
  if (name === undefined) return then(nobodyLeft, step);
  const object = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const write = { kind: pod as Kind, namespace, name, subresource: "eviction", object };
  data.client.create(step, write, (_outcome, later) => evictNext(data, { names: rest, then }, later));
}

function settle(data: DriverData, { command, outcome }: { command: Command; outcome: Outcome<unknown> }, step: Step) {
  data.isAsking = false;
  const isDone = outcome.ok || isAsGood(command, outcome.failure);
  const text = outcome.ok ? "done" : `${outcome.failure.reason}: ${outcome.failure.message}`;
  data.notes.push({ atMs: step.uptimeMs, text: `${describeCommand(command)}: ${text}` });
  if (!isDone) data.doubtful.add(command.name);
  if (isDone) data.acknowledged++;
  if (isDone) proceed(data, step);
  else step.timer("next", retryMs);
}

/** A command that was tried before without an answer may have been done then. */
function isAsGood(command: Command, failure: Failure): boolean {
  const isCreate = ["create", "createService", "createSet", "make"].includes(command.op);
  if (isCreate) return failure.reason === "AlreadyExists";
  if (command.op === "createPod") return false;
  // What a Service may become depends on what somebody else has made of it before.
  const isOfService = command.op === "changeService" || command.op === "changeFamilies";
  if (isOfService && failure.reason === "Invalid") return true;
  return failure.reason === "NotFound";
}

/** A user of the cluster as an actor: carries out commands one after the other, each until it is acknowledged. */
export const driver = defineActor<DriverInput>({
  kind: "driver",
  module: import.meta.url,
  digest: ({ acknowledged }: DriverData) => acknowledged,
  machine: setup({
    types: {} as ChartTypes<DriverData, Message, DriverInput>,
    actions: {
      take: act((data, event, step) => void data.client.handle(event, step)),
      proceed: act((data, _event, step) => proceed(data, step)),
    },
    guards: { isThrough: when((data) => data.acknowledged === data.commands.length) },
  }).createMachine({
    id: "driver",
    initial: "working",
    context: begin(({ servers, commands }: DriverInput) => ({
      client: createApiClient({ servers }),
      commands,
      acknowledged: 0,
      isAsking: false,
      doubtful: new Set(),
      notes: [],
    })),
    on: {
      reply: { actions: "take" },
      failed: { actions: "take" },
      down: { actions: "take" },
      "timer.client.*": { actions: "take" },
    },
    states: {
      working: {
        entry: "proceed",
        always: { guard: "isThrough", target: "through" },
        on: { "timer.next": { actions: "proceed" } },
      },
      through: {},
    },
  }),
});
