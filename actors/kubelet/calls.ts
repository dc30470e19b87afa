import type { Step } from "../../runtime/mod.ts";
import type { CriCall, HostDial, HostGet, LogCall, ManifestsRead, VolumeCall } from "../computer/messages.ts";
import type {
  ContainerStatus,
  CriAnswer,
  CriFailure,
  CriName,
  CriRequest,
  LogAnswer,
  LogRequest,
} from "../cri/messages.ts";
import { failed, ok } from "../kit/result.ts";
import type { StreamOpen } from "../network/streams.ts";
import { after, type KubeletData } from "./data.ts";
import type { ContainerRecord } from "./pod/pod_record.ts";

/** What is done with the runtime's answer. */
export type ThenCri<Name extends CriName> = (answer: CriAnswer<Name>, step: Step) => void;

/** What is done with any answer; `failure` tells why there is none. */
export type ThenAnswer = (body: unknown, step: Step, failure: string | undefined) => void;

/** Kubernetes calls it runtimeRequestTimeout. */
const answerMsMax = 120_000;
const pullMsMax = 600_000;
const retryMs = 1_000;
/** Somebody sits before a log: what was lost on the way is asked again soon. */
const logsMsMax = 10_000;

/** What may be asked again when no answer came: doing it twice is doing it once. */
const repeatable: ReadonlySet<CriRequest["op"]> = new Set([
  "ImageFsInfo",
  "ImageStatus",
  "ListContainers",
  "ListImages",
  "ListPodSandbox",
  "PullImage",
  "RemoveContainer",
  "RemoveImage",
  "RemovePodSandbox",
  "UpdateRuntimeConfig",
  "Version",
]);

/**
 * Asks the runtime; `then` gets its answer in a later step. A computer that gives no answer may have acted or not: what
 * can be is asked again until it is answered, of what was to be made is looked whether it is there, the rest fails as
 * `UNAVAILABLE`.
 */
export function callCri<Request extends CriRequest>(
  data: KubeletData,
  step: Step,
  request: Request,
  then: ThenCri<Request["op"]>,
): void {
  const { computer } = data.input;
  const call: CriCall = { type: "cri.call", request };
  data.calls.set(step.ask(computer, call, callMsMax(request)), (body, later, failure) => {
    if (failure === undefined) return then(body as CriAnswer<Request["op"]>, later);
    if (repeatable.has(request.op)) {
      return void after(data, later, retryMs, (again) => callCri(data, again, request, then));
    }
    const silence = failed<CriFailure>({ code: "UNAVAILABLE", message: `the container runtime is ${failure}` });
    // What is found is the answer to that very request.
    const tell = (found: CriAnswer | undefined, last: Step) =>
      then((found ?? silence) as CriAnswer<Request["op"]>, last);
    lookFor(data, { request, tell }, later);
  });
}

/** Asks the runtime on behalf of a container; the answer is dropped when the container has moved on meanwhile. */
export function callForContainer<Request extends CriRequest>(
  data: KubeletData,
  container: ContainerRecord,
  { step, request, then }: { readonly step: Step; readonly request: Request; readonly then: ThenCri<Request["op"]> },
): void {
  const { epoch } = container;
  callCri(data, step, request, (answer, later) => {
    if (container.epoch === epoch || container.phase === "cancelling") then(answer, later);
  });
}

/** What is asked of a log, and what is done with the answer. */
export interface LogQuestion {
  readonly request: LogRequest;
  readonly take: (answer: LogAnswer, step: Step) => void;
}

/** Reads or follows a container's log, which is a file of the computer's; asked again until there is an answer. */
export function callLogs(data: KubeletData, { request, take }: LogQuestion, step: Step): void {
  askComputer<LogAnswer>(
    data,
    step,
    { message: { type: "log.call", request }, timeoutMs: logsMsMax },
    (answer, later) => {
      if (answer) return take(answer, later);
      // Who does not follow any more is told so by the container's end, at the latest.
      if (request.op === "FollowLogs") return;
      after(data, later, retryMs, (again) => callLogs(data, { request, take }, again));
    },
  );
}

/** Asks the computer something that is not the CRI's; `then` gets `undefined` when there is no answer. */
export function askComputer<Answer>(
  data: KubeletData,
  step: Step,
  {
    message,
    timeoutMs,
  }: {
    readonly message: HostGet | HostDial | LogCall | ManifestsRead | VolumeCall | StreamOpen;
    readonly timeoutMs: number;
  },
  then: (answer: Answer | undefined, step: Step) => void,
): void {
  const { computer } = data.input;
  data.calls.set(step.ask(computer, message, timeoutMs), (body, later, failure) =>
    then(failure === undefined ? (body as Answer) : undefined, later),
  );
}

/** How long a computer that is alive may take; the runtime itself is told its own deadlines. */
function callMsMax(request: CriRequest): number {
  if ("timeoutMs" in request) return answerMsMax + request.timeoutMs;
  return request.op === "PullImage" ? pullMsMax : answerMsMax;
}

/** What was to be made may be there, though nobody said so: made again it would be there twice. */
function lookFor(
  data: KubeletData,
  {
    request,
    tell,
  }: { readonly request: CriRequest; readonly tell: (found: CriAnswer | undefined, step: Step) => void },
  step: Step,
) {
  if (request.op === "RunPodSandbox") {
    const { uid, attempt } = request.pod;
    return callCri(data, step, { op: "ListPodSandbox" }, (answer, later) => {
      const all = answer.ok ? answer.value.sandboxes : [];
      const sandbox = all.find(({ pod }) => pod.uid === uid && pod.attempt === attempt);
      tell(sandbox && ok({ sandbox }), later);
    });
  }
  if (request.op !== "CreateContainer") return tell(undefined, step);
  const { name, attempt } = request.container;
  callCri(data, step, { op: "ListContainers" }, (answer, later) => {
    const all = answer.ok ? answer.value.containers : [];
    const isIt = (each: ContainerStatus) =>
      each.sandbox === request.sandbox && each.name === name && each.attempt === attempt;
    const container = all.find((each) => isIt(each) && !data.byContainer.has(each.container));
    tell(container && ok({ container }), later);
  });
}
