import { setup } from "xstate";
import { deployment } from "../../actors/api/kinds/deployment.ts";
import type { Deployment } from "../../actors/api/types.ts";
import { type ApiClient, createApiClient } from "../../actors/client/api_client.ts";
import type { Failure, Outcome } from "../../actors/client/outcome.ts";
import { type ActorEvent, type Address, defineActor, type Message, reducers, type Step } from "../../runtime/mod.ts";
import { type Command, describeCommand } from "./command.ts";

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
  /** For people: what was tried and what came of it. */
  readonly notes: { readonly atMs: number; readonly text: string }[];
}

const namespace = "default";
const retryMs = 500;
const { act, begin } = reducers<DriverData, Message>();

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
      return data.client.create(step, { kind: deployment, namespace, object: manifest(command) }, then);
    case "scale":
      return data.client.patch(step, { ...target, patch: { spec: { replicas: command.replicas } } }, then);
    case "setImage": {
      const containers = [{ name: "main", image: command.image }];
      const patch = { spec: { template: { spec: { containers } } } };
      return data.client.patch(step, { ...target, patch }, then);
    }
    case "delete":
      return data.client.remove(step, { ...target, propagationPolicy: "Background" }, then);
  }
}

function settle(data: DriverData, { command, outcome }: { command: Command; outcome: Outcome<unknown> }, step: Step) {
  data.isAsking = false;
  const isDone = outcome.ok || isAsGood(command, outcome);
  const text = outcome.ok ? "done" : `${outcome.reason}: ${outcome.message}`;
  data.notes.push({ atMs: step.uptimeMs, text: `${describeCommand(command)}: ${text}` });
  if (isDone) data.acknowledged++;
  if (isDone) proceed(data, step);
  else step.timer("next", retryMs);
}

/** A command that was tried before without an answer may have been done then. */
function isAsGood(command: Command, failure: Failure): boolean {
  if (command.op === "create") return failure.reason === "AlreadyExists";
  return failure.reason === "NotFound";
}

function manifest(command: Command & { op: "create" }): Deployment {
  const labels = { app: command.name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: command.name, namespace },
    spec: {
      replicas: command.replicas,
      selector: { matchLabels: labels },
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: command.maxSurge, maxUnavailable: command.maxUnavailable },
      },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: "main", image: command.image, resources: { requests: { cpu: "100m" } } }],
        },
      },
    },
    status: {},
  };
}

/** A user of the cluster as an actor: carries out commands one after the other, each until it is acknowledged. */
export const driver = defineActor<DriverInput>({
  kind: "driver",
  module: import.meta.url,
  digest: ({ acknowledged }: DriverData) => acknowledged,
  machine: setup({
    types: {} as { context: DriverData; events: ActorEvent<Message>; input: DriverInput },
    actions: {
      take: act((data, event, step) => void data.client.handle(event, step)),
      proceed: act((data, _event, step) => proceed(data, step)),
    },
    guards: { isThrough: ({ context }) => context.acknowledged === context.commands.length },
  }).createMachine({
    id: "driver",
    initial: "working",
    context: begin(({ servers, commands }: DriverInput) => ({
      client: createApiClient({ servers, user: { name: "kubernetes-admin", groups: ["system:masters"] } }),
      commands,
      acknowledged: 0,
      isAsking: false,
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
