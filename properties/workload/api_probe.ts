import { setup } from "xstate";
import { decode, decodeList } from "../../actors/api/codec.ts";
import type { ApiRequest, ApiResponse } from "../../actors/apiserver/messages.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../runtime/mod.ts";
import type { KeyValueInput, KeyValueOutput } from "../checkers/key_value_model.ts";
import { createProbe, nextOperation, noteOutcome, type Probe, type ProbeOutcome, probeTimeoutMs } from "./probe.ts";

/** The input of an API probe. */
export interface ApiProbeInput {
  readonly servers: readonly Address[];
}

/** What an API probe knows; checks read its history. */
export interface ApiProbeData extends Probe {
  readonly servers: readonly Address[];
}

/** Where the probes' ConfigMaps are. */
export const probeNamespace = "kube-public";

const { act, on, begin } = reducers<ApiProbeData, never>();
const resource = { type: "api.request", group: "", version: "v1", resource: "configmaps" } as const;

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly data?: { readonly value?: string };
}

function call(data: ApiProbeData, step: Step) {
  const input = nextOperation(data, step);
  const to = data.servers[step.int(data.servers.length)];
  if (input && to !== undefined) step.ask(to, requestOf(input, step), probeTimeoutMs);
}

/** Reads are lists as often as not: both promise the newest. A write without expectation creates. */
function requestOf(input: KeyValueInput, step: Step): ApiRequest {
  const target = { ...resource, namespace: probeNamespace };
  if (input.op === "get") {
    return step.float() < 0.5 ? { ...target, verb: "get", name: input.key } : { ...target, verb: "list" };
  }
  const { key, value = "", expect = 0 } = input;
  const version = expect === 0 ? {} : { resourceVersion: String(expect) };
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: key, namespace: probeNamespace, ...version },
    data: { value },
  };
  const body = JSON.stringify(object);
  return expect === 0 ? { ...target, verb: "create", body } : { ...target, verb: "update", name: key, body };
}

function outcomeOf({ asked }: ApiProbeData, { code, body, items }: ApiResponse): ProbeOutcome {
  if (!asked) return "unknown";
  const { op, key } = asked.input;
  if (op === "set") return outcomeOfSet(code, body);
  if (code === 404) return { op: "get", value: undefined, modRevision: 0 };
  if (code !== 200) return "unknown";
  const answer = (items ? decodeList(body, items) : decode(body)) as unknown as ConfigMap & {
    readonly items?: readonly ConfigMap[];
  };
  return readingOf(answer.items ? answer.items.find(({ metadata }) => metadata.name === key) : answer);
}

function readingOf(found: ConfigMap | undefined): KeyValueOutput {
  return { op: "get", value: found?.data?.value, modRevision: Number(found?.metadata.resourceVersion ?? 0) };
}

/** 409 is the answer both to an old version and to a name that is taken; nobody deletes, so 404 is an error. */
function outcomeOfSet(code: number, body: string): ProbeOutcome {
  if (code === 409) return { op: "set", succeeded: false, revision: 0 };
  if (code === 429) return "undone";
  if (code !== 200 && code !== 201) return "unknown";
  const { metadata } = JSON.parse(body) as ConfigMap;
  return { op: "set", succeeded: true, revision: Number(metadata.resourceVersion) };
}

/**
 * A client of the API servers: gets, lists, creates and updates few ConfigMaps at random servers, noting when it
 * asked, when it was answered, and what.
 */
export const apiProbe = defineActor<ApiProbeInput>({
  kind: "api_probe",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<ApiProbeData, never, ApiProbeInput>,
    actions: {
      wait: act((_data, _event, step) => step.timer("next", 2_000 + step.int(1_000))),
      call: act((data, _event, step) => call(data, step)),
      answered: on("reply", (data, { body }, step) => noteOutcome(data, outcomeOf(data, body as ApiResponse), step)),
      failed: on("failed", (data, { reason }, step) => {
        noteOutcome(data, reason === "undeliverable" || reason === "overflow" ? "undone" : "unknown", step);
      }),
    },
  }).createMachine({
    id: "api_probe",
    context: begin(({ servers }: ApiProbeInput) => ({ ...createProbe({ alwaysExpects: true }), servers })),
    initial: "probing",
    states: {
      probing: {
        entry: "wait",
        on: { reply: { actions: "answered" }, failed: { actions: "failed" }, "timer.next": { actions: "call" } },
      },
    },
  }),
});
