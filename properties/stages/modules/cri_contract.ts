import type { ContainerStatus, CriAnswer, CriCode, CriName } from "../../../actors/cri/messages.ts";
import { assert } from "../../house/test.ts";
import { type PodStage, type PodStageOptions, podStage } from "./pod_stage.ts";

/** A backend of containers: what runs until it is stopped, what ends by itself with 3, and how it is given both. */
export interface ContractBackend extends PodStageOptions {
  readonly server: string;
  readonly job: string;
  /** What its sandboxes have as addresses, when the node's range is 10.244.7.0/24. Default: one of these. */
  readonly ip?: RegExp;
  /** An image that nobody has. Default: one of Docker's registry. */
  readonly missing?: string;
}

/** A part of the contract. */
export interface ContractClause {
  readonly name: string;
  readonly holds: (backend: ContractBackend) => Promise<void>;
}

function codeOf(answer: CriAnswer): CriCode | "OK" {
  return answer.ok ? "OK" : answer.failure.code;
}

async function containersOf(stage: PodStage): Promise<readonly ContainerStatus[]> {
  return (await stage.ok({ op: "ListContainers" })).containers;
}

/** What every backend of containers holds to. What is pinned stays where others would pull it: that comes last. */
export const criContract: readonly ContractClause[] = [
  {
    name: "a container goes from created to running to exited, and its sandbox from ready to gone",
    async holds(backend) {
      await using stage = await podStage(backend);
      const { runtimeName, runtimeVersion } = await stage.ok({ op: "Version" });
      assert.deepEqual([runtimeName !== "", runtimeVersion !== ""], [true, true]);
      assert.deepEqual(await stage.ok({ op: "ImageStatus", image: backend.server }), {});
      const pulled = await stage.ok({ op: "PullImage", image: backend.server });
      assert.match(pulled.imageRef, /@sha256:[0-9a-f]{64}$/);
      assert.deepEqual(await stage.ok({ op: "ImageStatus", image: backend.server }), { image: pulled });
      const { images } = await stage.ok({ op: "ListImages" });
      const listed = images.filter(({ repoDigests }) => repoDigests.includes(pulled.imageRef));
      assert.deepEqual(
        listed.map(({ sizeBytes, repoTags }) => [sizeBytes, repoTags.length > 0]),
        [[pulled.sizeBytes, true]],
      );
      await stage.ok({ op: "UpdateRuntimeConfig", podCidr: "10.244.7.0/24" });
      const pod = { name: "web-0", namespace: "default", uid: "uid", attempt: 0 };
      const { sandbox } = await stage.ok({ op: "RunPodSandbox", pod });
      assert.match(sandbox.ip, backend.ip ?? /^10\.244\.7\.\d+$/);
      assert.deepEqual((await stage.ok({ op: "ListPodSandbox" })).sandboxes, [sandbox]);
      const config = { name: "c", image: backend.server, attempt: 0, command: [], args: [], env: {} };
      const { container: created } = await stage.ok({
        op: "CreateContainer",
        sandbox: sandbox.sandbox,
        container: config,
      });
      assert.deepEqual([created.state, created.sandbox], ["CONTAINER_CREATED", sandbox.sandbox]);
      const { container: id } = created;
      assert.equal((await stage.ok({ op: "StartContainer", container: id })).container.state, "CONTAINER_RUNNING");
      assert.equal((await containersOf(stage))[0]?.state, "CONTAINER_RUNNING");
      const stopped = await stage.ok({ op: "StopContainer", container: id, timeoutMs: 5_000 });
      assert.equal(stopped.container?.state, "CONTAINER_EXITED");
      // Stopping twice is stopping once; what was removed is not there, and its removal is no failure.
      assert.deepEqual(await stage.ok({ op: "StopContainer", container: id, timeoutMs: 0 }), stopped);
      for (let twice = 0; twice < 2; twice++) await stage.ok({ op: "RemoveContainer", container: id });
      assert.deepEqual(await containersOf(stage), []);
      await stage.ok({ op: "StopPodSandbox", sandbox: sandbox.sandbox });
      assert.equal((await stage.ok({ op: "ListPodSandbox" })).sandboxes[0]?.ready, false);
      for (let twice = 0; twice < 2; twice++) await stage.ok({ op: "RemovePodSandbox", sandbox: sandbox.sandbox });
      assert.deepEqual((await stage.ok({ op: "ListPodSandbox" })).sandboxes, []);
    },
  },
  {
    name: "a container that exits by itself is told of once, with how it ended",
    async holds(backend) {
      await using stage = await podStage(backend);
      const pod = await stage.run("job-0", backend.job);
      assert.deepEqual(await stage.exited(pod), { exitCode: 3, reason: "Error" });
      const told = stage.pushes.flatMap((push) => (push.type === "cri.exited" ? [push.container] : []));
      assert.deepEqual(told, await containersOf(stage));
    },
  },
  {
    name: "a command that is run in a container has a status, and words; one beside none fails",
    async holds(backend) {
      await using stage = await podStage(backend);
      const { container } = await stage.run("web-0", backend.server);
      const { exitCode, stdout, stderr } = await stage.ok({
        ...{ op: "ExecSync", container, command: ["true"], timeoutMs: 5_000 },
      });
      assert.deepEqual([exitCode, typeof stdout, typeof stderr], [0, "string", "string"]);
    },
  },
  {
    name: "what cannot be is refused with a code of gRPC",
    async holds(backend) {
      await using stage = await podStage(backend);
      const [image, nothing] = [backend.server, "0".repeat(64)];
      await stage.ok({ op: "PullImage", image });
      const pod = { name: "web-0", namespace: "default", uid: "uid", attempt: 0 };
      const { sandbox } = await stage.ok({ op: "RunPodSandbox", pod });
      const container = { name: "c", image, attempt: 0, command: [], args: [], env: {} };
      const make = { op: "CreateContainer", sandbox: sandbox.sandbox, container } as const;
      const { container: made } = await stage.ok(make);
      const twice = await stage.call(make);
      const missing = backend.missing ?? "missing/thing:1";
      const refused: readonly (readonly [CriName, CriCode, CriAnswer])[] = [
        ["RunPodSandbox", "ALREADY_EXISTS", await stage.call({ op: "RunPodSandbox", pod })],
        ["PullImage", "NOT_FOUND", await stage.call({ op: "PullImage", image: missing })],
        ["CreateContainer", "UNKNOWN", twice],
        ["CreateContainer", "NOT_FOUND", await stage.call({ op: "CreateContainer", sandbox: nothing, container })],
        ["StartContainer", "NOT_FOUND", await stage.call({ op: "StartContainer", container: nothing })],
        [
          "ExecSync",
          "NOT_FOUND",
          await stage.call({ op: "ExecSync", container: nothing, command: ["true"], timeoutMs: 1_000 }),
        ],
      ];
      for (const [call, code, answer] of refused) assert.equal(codeOf(answer), code, call);
      const name = `"c_web-0_default_uid_0"`;
      const words = `failed to reserve container name ${name}: name ${name} is reserved for "${made.container}"`;
      assert.equal(twice.ok || twice.failure.message, words);
      await stage.ok({ op: "RemoveContainer", container: made.container });
      await stage.ok(make);
    },
  },
  {
    name: "an image is removed by its id, unless it is pinned, and takes no more of the disk then",
    async holds(backend) {
      await using stage = await podStage(backend);
      const { imageRef, sizeBytes } = await stage.ok({ op: "PullImage", image: backend.server });
      const find = async () =>
        (await stage.ok({ op: "ListImages" })).images.find(({ repoDigests }) => repoDigests.includes(imageRef));
      const { id = "", isPinned } = (await find()) ?? {};
      const { usedBytes } = await stage.ok({ op: "ImageFsInfo" });
      const removed = await stage.call({ op: "RemoveImage", image: id });
      if (isPinned) return assert.deepEqual([codeOf(removed), (await find())?.id], ["UNKNOWN", id]);
      assert.equal(codeOf(removed), "OK");
      assert.deepEqual(await stage.ok({ op: "ImageStatus", image: backend.server }), {});
      assert.equal(await find(), undefined);
      assert.deepEqual(await stage.ok({ op: "ImageFsInfo" }), { usedBytes: usedBytes - sizeBytes });
      await stage.ok({ op: "RemoveImage", image: id });
    },
  },
];
