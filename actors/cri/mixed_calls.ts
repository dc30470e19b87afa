import { ok } from "../kit/result.ts";
import { failedCall } from "./cri_answers.ts";
import type { CriAnswer, CriBackend, CriName } from "./messages.ts";
import { containerdHandler, playedHandler, type RealNode } from "./real_runtime.ts";

/** Whether pods of a handler run in the real runtime of a node, which says itself which handlers it has. */
export function isReal(real: { readonly isDefault: boolean } | undefined, handler = ""): boolean {
  if (!real || handler === playedHandler) return false;
  return handler === "" ? real.isDefault : true;
}

/** What the containerd of a test cluster has (as kind's does): a pod that is played is not told from one of it. */
const usualHandlers: ReadonlySet<string> = new Set(["", "runc", "test-handler", playedHandler]);

/** Why pods of a handler cannot run on a node that has no real runtime, in containerd's words. */
function handlerRefusal(handler = ""): string | undefined {
  if (usualHandlers.has(handler)) return undefined;
  const why = `failed to get sandbox runtime: no runtime for "${handler}" is configured`;
  return handler === containerdHandler ? `${why}, start the cluster with troupe up --runtime containerd=SOCKET` : why;
}

/** Where the calls about pods of a handler go. */
export interface MixedOptions {
  readonly played: CriBackend;
  readonly real: Pick<RealNode, "calls" | "hasSandbox" | "hasContainer">;
  readonly isDefault: boolean;
}

type Done<Name extends CriName> = (answer: CriAnswer<Name>) => void;

/**
 * The calls of a node that has two runtimes: what they have is listed together, and each call goes to the one that has
 * what it is about. Which of them a pod runs in its RuntimeClass says.
 */
export function mixedCalls({ played, real: node, isDefault }: MixedOptions): CriBackend {
  const { calls: real } = node;
  const byHandler = (handler: string | undefined) => (isReal({ isDefault }, handler) ? real : played);
  const bySandbox = (sandbox: string) => (node.hasSandbox(sandbox) ? real : played);
  const byContainer = (container: string) => (node.hasContainer(container) ? real : played);
  const both = <Name extends CriName>(
    ask: (calls: CriBackend, done: Done<Name>) => void,
    join: (first: Ok<Name>, second: Ok<Name>) => Ok<Name>,
    done: Done<Name>,
  ) =>
    ask(played, (first) =>
      ask(real, (second) => {
        if (first.ok && second.ok) done(ok(join(first.value, second.value)) as CriAnswer<Name>);
        else done(first.ok ? second : first);
      }),
    );

  return {
    Version: (request, done) => (isDefault ? real : played).Version(request, done),
    UpdateRuntimeConfig: (request, done) =>
      played.UpdateRuntimeConfig(request, () => real.UpdateRuntimeConfig(request, done)),
    RunPodSandbox: (request, done) => byHandler(request.pod.runtimeHandler).RunPodSandbox(request, done),
    StopPodSandbox: (request, done) => bySandbox(request.sandbox).StopPodSandbox(request, done),
    RemovePodSandbox: (request, done) => bySandbox(request.sandbox).RemovePodSandbox(request, done),
    ListPodSandbox: (request, done) =>
      both<"ListPodSandbox">(
        (calls, answer) => calls.ListPodSandbox(request, answer),
        (first, second) => ({ sandboxes: [...first.sandboxes, ...second.sandboxes] }),
        done,
      ),
    PullImage: (request, done) => byHandler(request.runtimeHandler).PullImage(request, done),
    ImageStatus: (request, done) => byHandler(request.runtimeHandler).ImageStatus(request, done),
    ListImages: (request, done) =>
      both<"ListImages">(
        (calls, answer) => calls.ListImages(request, answer),
        (first, second) => ({ images: [...first.images, ...second.images] }),
        done,
      ),
    RemoveImage: (request, done) =>
      real.ListImages({ op: "ListImages" }, (answer) => {
        const isReal = answer.ok && answer.value.images.some(({ id }) => id === request.image);
        (isReal ? real : played).RemoveImage(request, done);
      }),
    ImageFsInfo: (request, done) => played.ImageFsInfo(request, done),
    CreateContainer: (request, done) => bySandbox(request.sandbox).CreateContainer(request, done),
    StartContainer: (request, done) => byContainer(request.container).StartContainer(request, done),
    StopContainer: (request, done) => byContainer(request.container).StopContainer(request, done),
    UpdateContainerResources: (request, done) => byContainer(request.container).UpdateContainerResources(request, done),
    RemoveContainer: (request, done) => byContainer(request.container).RemoveContainer(request, done),
    ListContainers: (request, done) =>
      both<"ListContainers">(
        (calls, answer) => calls.ListContainers(request, answer),
        (first, second) => ({ containers: [...first.containers, ...second.containers] }),
        done,
      ),
    ListContainerStats: (request, done) =>
      both<"ListContainerStats">(
        (calls, answer) => calls.ListContainerStats(request, answer),
        (first, second) => ({ stats: [...first.stats, ...second.stats] }),
        done,
      ),
    ExecSync: (request, done) => byContainer(request.container).ExecSync(request, done),
  };
}

type Ok<Name extends CriName> = Extract<CriAnswer<Name>, { readonly ok: true }>["value"];

/** Refuses what only a real runtime could do. */
export function playedCalls(played: CriBackend): CriBackend {
  return {
    ...played,
    RunPodSandbox(request, done) {
      const refusal = handlerRefusal(request.pod.runtimeHandler);
      if (refusal === undefined) played.RunPodSandbox(request, done);
      else done(failedCall("UNKNOWN", refusal));
    },
  };
}
