import { setup } from "xstate";
import type { RangeAnswer, StoreAnswer, StoreRequest, TxnAnswer } from "../../actors/store/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../runtime/mod.ts";
import type { KeyValueInput } from "../checkers/key_value_model.ts";
import { createProbe, nextOperation, noteOutcome, type Probe, type ProbeOutcome, probeTimeoutMs } from "./probe.ts";

/** The input of a store probe. */
export interface StoreProbeInput {
  readonly members: readonly Address[];
}

/** What a store probe knows; checks read its history. */
export interface StoreProbeData extends Probe {
  readonly members: readonly Address[];
}

const { act, on, begin } = reducers<StoreProbeData, never>();

/** Keys of probes: nobody else's. */
const probePrefix = "/probe/";

function call(data: StoreProbeData, step: Step) {
  const input = nextOperation(data, step);
  const to = data.members[step.int(data.members.length)];
  if (input && to !== undefined) step.ask(to, requestOf(input), probeTimeoutMs);
}

function requestOf(input: KeyValueInput): StoreRequest {
  const key = probePrefix + input.key;
  if (input.op === "get") return { type: "store.range", key };
  const { value = "", expect } = input;
  return {
    type: "store.txn",
    compare: expect === undefined ? [] : [{ key, target: "mod", result: "equal", value: expect }],
    success: [{ op: "put", key, value }],
    failure: [],
  };
}

function outcomeOf(answer: StoreAnswer): ProbeOutcome {
  switch (answer.type) {
    case "store.txn.ok": {
      const { succeeded, revision } = answer as TxnAnswer;
      return { op: "set", succeeded, revision };
    }
    case "store.range.ok": {
      const [kv] = (answer as RangeAnswer).kvs;
      return { op: "get", value: kv?.value, modRevision: kv?.modRevision ?? 0 };
    }
    case "store.error":
      return answer.code === "unavailable" ? "undone" : "unknown";
    default:
      return "unknown";
  }
}

/**
 * A client of the store: reads, writes, and writes on condition, on few keys at random replicas, noting when it asked,
 * when it was answered, and what.
 */
export const storeProbe = defineActor<StoreProbeInput>({
  kind: "store_probe",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<StoreProbeData, never, StoreProbeInput>,
    actions: {
      wait: act((_data, _event, step) => step.timer("next", 1_000 + step.int(1_000))),
      call: act((data, _event, step) => call(data, step)),
      answered: on("reply", (data, { body }, step) => noteOutcome(data, outcomeOf(body as StoreAnswer), step)),
      failed: on("failed", (data, { reason }, step) => {
        noteOutcome(data, reason === "undeliverable" || reason === "overflow" ? "undone" : "unknown", step);
      }),
    },
  }).createMachine({
    id: "store_probe",
    context: begin(({ members }: StoreProbeInput) => ({ ...createProbe({ alwaysExpects: false }), members })),
    initial: "probing",
    states: {
      probing: {
        entry: "wait",
        on: { reply: { actions: "answered" }, failed: { actions: "failed" }, "timer.next": { actions: "call" } },
      },
    },
  }),
});
