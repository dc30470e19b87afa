import type { AskId, FailedEvent, Mail, ReplyEvent, Step } from "../../runtime/mod.ts";
import { type ResourceSlice, resourceSlice } from "../api/kinds/resource_slice.ts";
import { type ApiClient, createApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createInformer, type Informer } from "../client/informer.ts";
import type { FileRequest, VolumeCall } from "../computer/messages.ts";
import { createAsks } from "../kit/asks.ts";
import type { Result } from "../kit/result.ts";
import { failed } from "../kit/result.ts";
import type { DraDriverInput, PrepareClaims, UnprepareClaims } from "./messages.ts";

/** What a driver keeps. What it has prepared is in the files of its node: it may die at any time. */
export interface DraDriverData extends ComponentData {
  readonly input: DraDriverInput;
  readonly client: ApiClient;
  /** All slices of the node, of which some may be other drivers'. */
  readonly slices: Informer<ResourceSlice>;
  readonly files: ReturnType<typeof createAsks<Step>>;
  /** Calls of the kubelet: one is worked on at a time. */
  readonly calls: Mail<PrepareClaims | UnprepareClaims>[];
  isAtWork: boolean;
  /** The kubelet knows it: until then its devices are no use to anybody. */
  isKnown: boolean;
  isPublishing: boolean;
  /** The slice that was written last and that the mirror does not show yet. */
  awaited: string | undefined;
}

/** A driver that has prepared nothing and says nothing yet. */
export function createData(input: DraDriverInput): DraDriverData {
  const client = createApiClient({ servers: input.apiServers });
  const fieldSelector = `spec.nodeName=${input.node}`;
  const slices = createInformer<ResourceSlice>({ client, kind: resourceSlice, fieldSelector });
  const files = createAsks<Step>();
  return {
    input,
    client,
    slices,
    informers: [slices],
    files,
    takers: [{ handle: (event, step) => takeAnswer(files, event, step) }, client],
    calls: [],
    isAtWork: false,
    isKnown: false,
    isPublishing: false,
    awaited: undefined,
  };
}

function takeAnswer(files: DraDriverData["files"], event: { readonly type: string }, step: Step): boolean {
  if (event.type === "reply") return files.replied(event as ReplyEvent, step);
  return event.type === "failed" && files.failed(event as FailedEvent, step);
}

const fileMsMax = 10_000;

/** Does something with the node's files; `done` gets what came of it. */
export function askFiles<Value>(
  { files, input }: DraDriverData,
  {
    request,
    done,
  }: { readonly request: FileRequest; readonly done: (answer: Result<Value, string>, step: Step) => void },
  step: Step,
): void {
  const message: VolumeCall = { type: "volume.call", request };
  const id: AskId = step.ask(input.computer, message, fileMsMax);
  files.wait<Result<Value, { readonly message: string }>>(id, (answer, later) => {
    if (!answer.ok) return done(failed(`the node does not answer: ${answer.failure}`), later);
    done(answer.value.ok ? answer.value : failed(answer.value.failure.message), later);
  });
}
