import type { Step } from "../../runtime/mod.ts";
import type { CriCall, HostDial, HostGet } from "../computer/messages.ts";
import type { CriAnswer, CriRequest } from "../cri/messages.ts";
import type { StreamOpen } from "../network/streams.ts";
import { after, type KubeletData } from "./data.ts";
import type { ContainerRecord } from "./pod/pod_record.ts";

/** What is done with the runtime's answer. */
export type ThenCri = (answer: CriAnswer, step: Step) => void;

/** What is done with any answer; `failure` tells why there is none. */
export type ThenAnswer = (body: unknown, step: Step, failure: string | undefined) => void;

const answerMsMax = 120_000;
const slowAnswerMsMax = 600_000;
const retryMs = 1_000;
/** Somebody sits before a log: what was lost on the way is asked again soon. */
const logsMsMax = 10_000;

/** What may be asked again when no answer came: doing it twice is doing it once. */
const repeatable: ReadonlySet<CriRequest["op"]> = new Set([
  "ImageStatus",
  "ListContainers",
  "PullImage",
  "ReadLogs",
  "RemoveContainer",
  "RemovePodSandbox",
  "UpdateRuntimeConfig",
]);

/**
 * Asks the runtime; `then` gets its answer in a later step. A computer that gives no answer may have acted or not: what
 * can be is asked again until it is answered, of what was to be made is looked whether it is there, the rest fails as
 * `UNAVAILABLE`.
 */
export function callCri(data: KubeletData, step: Step, request: CriRequest, then: ThenCri): void {
  const { computer } = data.input;
  if (computer === undefined) {
    data.calls.set(step.device("cri", request), (body, later) => then(body as CriAnswer, later));
    return;
  }
  const call: CriCall = { type: "cri.call", request };
  data.calls.set(step.ask(computer, call, callMsMax(request)), (body, later, failure) => {
    if (failure === undefined) return then(body as CriAnswer, later);
    if (repeatable.has(request.op)) {
      return void after(data, later, retryMs, (again) => callCri(data, again, request, then));
    }
    const silence: CriAnswer = { ok: false, code: "UNAVAILABLE", message: `the container runtime is ${failure}` };
    lookFor(data, later, { request, silence, then });
  });
}

/** Asks the runtime on behalf of a container; the answer is dropped when the container has moved on meanwhile. */
export function callForContainer(
  data: KubeletData,
  container: ContainerRecord,
  { step, request, then }: { readonly step: Step; readonly request: CriRequest; readonly then: ThenCri },
): void {
  const { epoch } = container;
  callCri(data, step, request, (answer, later) => {
    if (container.epoch === epoch || container.phase === "cancelling") then(answer, later);
  });
}

/** Asks the computer something that is not the CRI's; `then` gets `undefined` when there is no answer. */
export function askComputer<Answer>(
  data: KubeletData,
  step: Step,
  { message, timeoutMs }: { readonly message: HostGet | HostDial | StreamOpen; readonly timeoutMs: number },
  then: (answer: Answer | undefined, step: Step) => void,
): void {
  const { computer } = data.input;
  if (computer === undefined) throw new Error(`Cannot ask a computer for ${message.type}: this kubelet has none`);
  data.calls.set(step.ask(computer, message, timeoutMs), (body, later, failure) =>
    then(failure === undefined ? (body as Answer) : undefined, later),
  );
}

/** How long a computer that is alive may take; the runtime itself is told its own deadlines. */
function callMsMax(request: CriRequest): number {
  if ("timeoutMs" in request) return answerMsMax + request.timeoutMs;
  if (request.op === "ReadLogs") return logsMsMax;
  return request.op === "PullImage" || request.op === "StartContainer" ? slowAnswerMsMax : answerMsMax;
}

interface Unanswered {
  readonly request: CriRequest;
  readonly silence: CriAnswer;
  readonly then: ThenCri;
}

/** What was to be made may be there, though nobody said so: made again it would be there twice. */
function lookFor(data: KubeletData, step: Step, { request, silence, then }: Unanswered) {
  if (request.op !== "RunPodSandbox" && request.op !== "CreateContainer") return then(silence, step);
  callCri(data, step, { op: "ListContainers" }, (answer, later) =>
    then(found(data, request, answer) ?? silence, later),
  );
}

function found(data: KubeletData, request: CriRequest, answer: CriAnswer): CriAnswer | undefined {
  if (!answer.ok) return undefined;
  if (request.op === "RunPodSandbox") {
    const { uid, attempt } = request.pod;
    const sandbox = answer.sandboxes?.find(({ pod }) => pod.uid === uid && pod.attempt === attempt);
    return sandbox && { ok: true, sandbox };
  }
  if (request.op !== "CreateContainer") return undefined;
  const { name, attempt } = request.container;
  const container = answer.containers?.find(
    (each) =>
      each.sandbox === request.sandbox &&
      each.name === name &&
      each.attempt === attempt &&
      !data.byContainer.has(each.container),
  );
  return container && { ok: true, container };
}
