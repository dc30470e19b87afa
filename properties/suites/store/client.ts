import { setup } from "xstate";
import type { MemberRequest, RangeAnswer, StoreAnswer, StoreRequest } from "../../../actors/store/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import type { HistoryOperation } from "../../checkers/linearizability.ts";
import type { MembersOperation } from "./members.ts";
import { requestOf } from "./request.ts";
import type { StoreCommand } from "./run.ts";

/** The input of a client. */
export interface StoreClientInput {
  readonly members: readonly Address[];
  readonly commands: readonly StoreCommand[];
  /** Whether some of its values are long. */
  readonly fills: boolean;
}

/** What a client knows, and what it did. */
export interface StoreClientData extends StoreClientInput {
  /** Operations without an outcome are of unknown outcome. */
  readonly history: HistoryOperation<StoreRequest, StoreAnswer>[];
  /** What was not done for want of room. */
  readonly refusals: HistoryOperation<StoreRequest, StoreAnswer>[];
  /** What it asked of the group's members, also what was refused. */
  readonly changes: MembersOperation[];
  /** The revision at which each key was last seen. */
  readonly seen: Map<string, number>;
  /** The newest revision that it was told of. */
  revision: number;
  /** The leases that it was granted, by their numbers. */
  readonly leases: Map<number, string>;
  /** How many commands it has begun. */
  begun: number;
  asked: Asked | undefined;
}

interface Asked {
  readonly request: StoreRequest;
  readonly callMs: number;
  /** Whom it asked. */
  readonly at: number;
  readonly tries: number;
}

/** So long it waits for an answer; the store may still do what it was asked for. */
const timeoutMs = 250;

const { act, on, begin } = reducers<StoreClientData, never>();

/** Whether a client has done all that it had to do. */
export function isDone({ begun, asked, commands }: StoreClientData): boolean {
  return begun === commands.length && asked === undefined;
}

function wait({ begun, commands }: StoreClientData, step: Step) {
  const next = commands[begun];
  if (next) step.timer("next", next.afterMs);
}

function call(data: StoreClientData, step: Step) {
  const command = data.commands[data.begun];
  if (!command || data.asked) return;
  data.begun++;
  const request = requestOf(command, data, step.self);
  ask(data, { request, callMs: step.uptimeMs, at: command.to, tries: 1 }, step);
}

function ask(data: StoreClientData, asked: Asked, step: Step) {
  const to = data.members[asked.at % data.members.length];
  if (to === undefined) return;
  data.asked = asked;
  step.ask(to, asked.request, timeoutMs);
}

function note(data: StoreClientData, answer: StoreAnswer | "undone" | "unknown", step: Step) {
  const { asked } = data;
  if (!asked) return;
  data.asked = undefined;
  const { request, callMs, at, tries } = asked;
  const code = typeof answer === "object" && answer.type === "store.error" ? answer.code : undefined;
  const isUndone = answer === "undone" || code === "unavailable" || code === "noSpace" || code === "refused";
  if (request.type === "store.member" && answer !== "undone") noteChange(data, { request, answer, callMs }, step);
  // Only the leader changes the group: who that is has to be found.
  if (isUndone && request.type === "store.member" && tries < data.members.length) {
    ask(data, { ...asked, at: at + 1, tries: tries + 1 }, step);
    return;
  }
  const output = typeof answer === "object" && code !== "timeout" ? answer : undefined;
  const operation = { input: request, output, callMs, returnMs: step.uptimeMs };
  if (!isUndone) data.history.push(operation);
  if (code === "noSpace") data.refusals.push(operation);
  if (output && !isUndone) learn(data, request, output);
  wait(data, step);
}

interface ChangeAnswered {
  readonly request: MemberRequest;
  readonly answer: StoreAnswer | "unknown";
  readonly callMs: number;
}

function noteChange({ changes }: StoreClientData, { request, answer, callMs }: ChangeAnswered, step: Step) {
  const isKnown = answer !== "unknown" && !(answer.type === "store.error" && answer.code === "timeout");
  changes.push({ input: request, output: isKnown ? answer : undefined, callMs, returnMs: step.uptimeMs });
}

function learn(data: StoreClientData, request: StoreRequest, answer: StoreAnswer) {
  if ("revision" in answer) data.revision = Math.max(data.revision, answer.revision);
  if (answer.type === "store.range.ok" && request.type === "store.range" && request.revision === undefined) {
    if (request.end === undefined) data.seen.set(request.key, 0);
    for (const kv of (answer as RangeAnswer).kvs) data.seen.set(kv.key, kv.modRevision);
  }
}

/** A client of the store: does one thing after the other, and notes when it asked, when it was answered, and what. */
export const storeClient = defineActor<StoreClientInput>({
  kind: "store_client",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<StoreClientData, never, StoreClientInput>,
    actions: {
      wait: act((data, _event, step) => wait(data, step)),
      call: act((data, _event, step) => call(data, step)),
      answered: on("reply", (data, { body }, step) => note(data, body as StoreAnswer, step)),
      failed: on("failed", (data, { reason }, step) => {
        note(data, reason === "undeliverable" || reason === "overflow" ? "undone" : "unknown", step);
      }),
    },
  }).createMachine({
    id: "store_client",
    context: begin((input: StoreClientInput) => ({
      ...input,
      ...{
        history: [],
        refusals: [],
        changes: [],
        seen: new Map(),
        revision: 1,
        leases: new Map(),
        begun: 0,
        asked: undefined,
      },
    })),
    initial: "working",
    states: {
      working: {
        entry: "wait",
        on: { reply: { actions: "answered" }, failed: { actions: "failed" }, "timer.next": { actions: "call" } },
      },
    },
  }),
});
