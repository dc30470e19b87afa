import type { Step } from "../../../runtime/mod.ts";
import type { CriAnswer, RegistryLogin } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { noteImage } from "../node/node_images.ts";
import type { PodLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import { handlerOf } from "../pod/runtime_handler.ts";
import { type ImageNeed, imageRefusal, notePullFailure } from "./container_image.ts";
import { readPullSecrets } from "./pull_secrets.ts";

/** A pull, and whose log tells of it. */
export interface Pull extends ImageNeed {
  readonly step: Step;
  readonly log: (step: Step) => PodLog;
  /** Without an image, the container says why it waits. */
  readonly done: (image: Pulled | undefined, step: Step) => void;
}

type Pulled = Extract<CriAnswer<"PullImage">, { readonly ok: true }>["value"];

/** Gets an image that is not there, or that is asked for anew each time, and tells what came of it. */
export function pullImage(data: KubeletData, subject: Subject, { step, log, done, ...need }: Pull) {
  const { image } = need;
  if (imageRefusal(subject, need, log(step))) return done(undefined, step);
  log(step).pulling(image);
  const startedMs = step.uptimeMs;
  askFor(data, subject, {
    ...{ step, ...need },
    answered(answer, later) {
      if (!answer.ok) {
        notePullFailure(subject, { ...need, failure: answer.failure }, log(later));
        return done(undefined, later);
      }
      noteImage(data, image, answer.value);
      const tookMs = later.uptimeMs - startedMs;
      log(later).pulled(image, { tookMs, sizeBytes: answer.value.sizeBytes });
      subject.container.pullBackOffMs = 0;
      done(answer.value, later);
    },
  });
}

interface Asking extends ImageNeed {
  readonly step: Step;
  readonly answered: (answer: CriAnswer<"PullImage">, step: Step) => void;
}

/** Has the runtime pull an image, with each of the logins that its pod has for it, until one will do. */
function askFor(data: KubeletData, { pod, container }: Subject, { step, image, answered }: Asking): void {
  const { epoch } = container;
  const pull = (logins: readonly RegistryLogin[], now: Step): void => {
    const [login, ...others] = logins;
    const request = { op: "PullImage", image, ...handlerOf(pod), ...(login ? { login } : {}) } as const;
    const then = (answer: CriAnswer<"PullImage">, later: Step) => {
      if (answer.ok || others.length === 0) answered(answer, later);
      else pull(others, later);
    };
    callForContainer(data, container, { step: now, request, then });
  };
  readPullSecrets(data, {
    ...{ pod, image, step },
    goOn: (logins, later) => {
      if (container.epoch === epoch) pull(logins, later);
    },
  });
}
