import type { Step } from "../../../runtime/mod.ts";
import type { Container, Frozen } from "../../api/types.ts";
import type { HostHttpAnswer } from "../../cri/messages.ts";
import { callOff } from "../../kit/alarms.ts";
import { askComputer, callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import type { Subject } from "../pod/pod_record.ts";
import { hookAgent, httpGetTarget } from "../probes/http_target.ts";

/** What a container wants done when it has started or before it is stopped. */
export type Hook = NonNullable<NonNullable<Frozen<Container>["lifecycle"]>["preStop"]>;

/** A hook to be run. */
export interface HookRun {
  readonly step: Step;
  readonly hook: Hook;
  /** It is not waited for any longer than this; then it counts as done. */
  readonly timeoutMs: number;
}

/** Runs a hook; `then` is called once, in a later step, with whether it failed. */
export function runHook(
  data: KubeletData,
  subject: Subject,
  { step, hook, timeoutMs }: HookRun,
  then: (hasFailed: boolean, step: Step) => void,
) {
  const { exec, httpGet, sleep } = hook;
  if (sleep) return void after(data, step, Math.min(sleep.seconds * 1000, timeoutMs), (later) => then(false, later));
  let isDone = false;
  const done = (hasFailed: boolean, later: Step) => {
    if (isDone) return;
    isDone = true;
    callOff(deadline);
    then(hasFailed, later);
  };
  const deadline = after(data, step, timeoutMs, (later) => done(false, later));
  if (exec) {
    const request = { op: "ExecSync", container: subject.container.id ?? "", command: exec.command ?? [] } as const;
    callCri(data, step, { ...request, timeoutMs }, (answer, later) =>
      done(!answer.ok || answer.value.exitCode !== 0, later),
    );
    return;
  }
  if (httpGet) return runHttp(data, subject, { step, httpGet, timeoutMs, done });
  // As Kubernetes has it since 1.20: a hook without a handler that it knows cannot be run.
  after(data, step, 0, (later) => done(true, later));
}

interface HttpRun {
  readonly step: Step;
  readonly httpGet: NonNullable<Hook["httpGet"]>;
  readonly timeoutMs: number;
  readonly done: (hasFailed: boolean, step: Step) => void;
}

/** Whatever is answered, the request was made: only one that cannot be made has failed. */
function runHttp(data: KubeletData, subject: Subject, { step, httpGet, timeoutMs, done }: HttpRun): void {
  const target = httpGetTarget(data, subject, httpGet, hookAgent);
  if (!target.ok) return void after(data, step, 0, (later) => done(true, later));
  const message = { type: "host.get", ...target.value, timeoutMs } as const;
  askComputer<HostHttpAnswer>(data, step, { message, timeoutMs }, (answer, later) => done(!answer?.ok, later));
}
