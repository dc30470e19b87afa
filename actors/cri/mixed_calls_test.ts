import { assert, test } from "../../properties/house/test.ts";
import { ok } from "../kit/result.ts";
import type { CriAnswer, CriBackend, CriName, CriRequest } from "./messages.ts";
import { isReal, mixedCalls, playedCalls } from "./mixed_calls.ts";

/** A backend that notes what it is asked, and has one of everything. */
function backend(name: string, asked: string[]): CriBackend {
  const lists = { sandboxes: [name], containers: [name], images: [name], stats: [name] };
  const answer = (op: CriName) => (_request: CriRequest, done: (answer: CriAnswer) => void) => {
    asked.push(`${op} ${name}`);
    done(ok(lists) as unknown as CriAnswer);
  };
  return new Proxy({} as CriBackend, { get: (_target, op) => answer(op as CriName) });
}

function mixed(isDefault: boolean) {
  const asked: string[] = [];
  const calls = backend("real", asked);
  const real = { calls, hasSandbox: (id: string) => id === "r", hasContainer: (id: string) => id === "r" };
  const both = mixedCalls({ played: backend("played", asked), real, isDefault });
  const ask = (request: CriRequest) => {
    asked.length = 0;
    let found: unknown;
    (both[request.op] as (request: CriRequest, done: (answer: CriAnswer) => void) => void)(request, (answer) => {
      found = answer.ok ? answer.value : answer.failure;
    });
    return { asked: asked.join(", "), found };
  };
  return { ask };
}

test("mixedCalls() asks the runtime that a pod's class names, or that has what a call is about, and lists what both have", () => {
  const pod = { name: "a", namespace: "default", uid: "u", attempt: 0 };
  const { ask } = mixed(true);
  const byHandler = (runtimeHandler?: string) =>
    ask({ op: "RunPodSandbox", pod: { ...pod, ...(runtimeHandler ? { runtimeHandler } : {}) } }).asked;
  assert.deepEqual(
    [byHandler(), byHandler("played"), byHandler("containerd"), byHandler("kata")],
    [...["RunPodSandbox real", "RunPodSandbox played", "RunPodSandbox real", "RunPodSandbox real"]],
  );
  assert.equal(ask({ op: "PullImage", image: "i", runtimeHandler: "played" }).asked, "PullImage played");
  assert.equal(ask({ op: "StopPodSandbox", sandbox: "r" }).asked, "StopPodSandbox real");
  assert.equal(ask({ op: "StopPodSandbox", sandbox: "p" }).asked, "StopPodSandbox played");
  assert.equal(ask({ op: "StartContainer", container: "r" }).asked, "StartContainer real");
  assert.equal(ask({ op: "RemoveContainer", container: "p" }).asked, "RemoveContainer played");
  assert.deepEqual(ask({ op: "ListPodSandbox" }).found, { sandboxes: ["played", "real"] });
  assert.deepEqual(ask({ op: "ListContainers" }).found, { containers: ["played", "real"] });
  assert.deepEqual(ask({ op: "ListImages" }).found, { images: ["played", "real"] });
  assert.deepEqual(ask({ op: "ListContainerStats" }).found, { stats: ["played", "real"] });
  assert.equal(ask({ op: "Version" }).asked, "Version real");
});

test("mixedCalls() plays pods that name no class where that is what is wanted", () => {
  const { ask } = mixed(false);
  assert.equal(ask({ op: "PullImage", image: "i" }).asked, "PullImage played");
  assert.equal(ask({ op: "PullImage", image: "i", runtimeHandler: "kata" }).asked, "PullImage real");
  assert.equal(ask({ op: "ImageStatus", image: "i", runtimeHandler: "containerd" }).asked, "ImageStatus real");
  assert.equal(ask({ op: "Version" }).asked, "Version played");
  assert.deepEqual([isReal(undefined, "containerd"), isReal({ isDefault: true }, "played")], [false, false]);
});

test("playedCalls() refuse what only a real runtime could do, and what nobody here has", () => {
  const asked: string[] = [];
  const pod = { name: "a", namespace: "default", uid: "u", attempt: 0 };
  const calls = playedCalls(backend("played", asked));
  let why = "";
  calls.RunPodSandbox({ op: "RunPodSandbox", pod: { ...pod, runtimeHandler: "containerd" } }, (answer) => {
    why = answer.ok ? "" : answer.failure.message;
  });
  assert.match(why, /^failed to get sandbox runtime: no runtime for "containerd" is configured/);
  calls.RunPodSandbox({ op: "RunPodSandbox", pod: { ...pod, runtimeHandler: "kata" } }, (answer) => {
    why = answer.ok ? "" : answer.failure.message;
  });
  assert.equal(why, 'failed to get sandbox runtime: no runtime for "kata" is configured');
  assert.deepEqual(asked, []);
  for (const runtimeHandler of ["runc", "test-handler", "played"]) {
    calls.RunPodSandbox({ op: "RunPodSandbox", pod: { ...pod, runtimeHandler } }, () => {});
  }
  assert.deepEqual(asked, Array(3).fill("RunPodSandbox played"));
});
