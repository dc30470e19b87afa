import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { bench, config, run, sandbox, stateOf } from "../../../properties/stages/played/runtime_bench.ts";
import { ok } from "../../kit/result.ts";
import { imageNameOf } from "../image_name.ts";
import type { ProbeKind } from "../messages.ts";

test("simulatedRuntime() pulls in the catalogue's time, and says of an image that it is there only then", () => {
  const stage = bench({ "app:1": { pullMs: 500, sizeBytes: 42 } });
  const pull = stage.start({ op: "PullImage", image: "app:1" });
  stage.advance(499);
  assert.deepEqual(pull, []);
  assert.deepEqual(stage.call({ op: "ImageStatus", image: "app:1" }), {});
  assert.deepEqual(stage.call({ op: "ListImages" }), { images: [] });
  stage.advance(1);
  const imageRef = imageNameOf("app:1").ref;
  assert.deepEqual(pull, [ok({ imageRef, sizeBytes: 42 })]);
  assert.deepEqual(stage.call({ op: "ImageStatus", image: "app:1" }), { image: { imageRef, sizeBytes: 42 } });
  // The same image by its digest is one image.
  stage.call({ op: "PullImage", image: imageRef });
  const [, id = ""] = imageRef.split("@");
  const listed = { id, repoTags: ["docker.io/library/app:1"], repoDigests: [imageRef], sizeBytes: 42 };
  assert.deepEqual(stage.call({ op: "ListImages" }), { images: [listed] });
});

test("simulatedRuntime() answers NOT_FOUND to a pull of an image that is missing", () => {
  const stage = bench({ "app:2": { missing: true } });
  for (const image of ["app:2", "missing/thing:1"]) {
    const [answer] = stage.start({ op: "PullImage", image });
    assert.ok(answer && !answer.ok && answer.failure.code === "NOT_FOUND");
  }
});

test("simulatedRuntime() answers a probe as its container is at that moment, lets it exit by itself, and tells of that", () => {
  const stage = bench({ app: { startMs: 10, readyMs: 100, exitAfterMs: 1_000, exitCode: 3 } });
  const id = run(stage);
  const finds = (kind: ProbeKind) => stage.probe(id, kind);
  stage.advance(99);
  assert.deepEqual([finds("startup"), finds("readiness"), finds("liveness")], [false, false, true]);
  stage.advance(1);
  assert.deepEqual([finds("startup"), finds("readiness"), finds("liveness")], [true, true, true]);
  assert.deepEqual(stage.pushes, []);
  stage.advance(2_000);
  assert.deepEqual([finds("readiness"), finds("liveness")], [false, false]);
  assert.deepEqual(
    stage.pushes.map(({ type }) => type),
    ["cri.exited"],
  );
  const status = stateOf(stage, id);
  assert.equal(status?.exitCode, 3);
  assert.equal(status.reason, "Error");
  assert.equal((status.finishedAtMs ?? 0) - (status.startedAtMs ?? 0), 1_000);
});

test("simulatedRuntime() tells no end of a container that is removed before it ran, though its start is under way", () => {
  const stage = bench({ app: { startMs: 1_000 } });
  stage.call({ op: "PullImage", image: "app:1" });
  const { container } = stage.call({ op: "CreateContainer", sandbox: sandbox(stage).sandbox, container: config() });
  const started = stage.start({ op: "StartContainer", container: container.container });
  stage.call({ op: "RemoveContainer", container: container.container });
  stage.advance(2_000);
  assert.deepEqual(stage.pushes, []);
  assert.equal(started[0]?.ok, false);
});

test("simulatedRuntime() ends a container after its stop time, or kills it when the time given is over", () => {
  const stage = bench({ app: { stopMs: 5_000 } });
  const [patient, hasty] = [run(stage, { name: "a" }), run(stage, { name: "b" })];
  const stopped = stage.start({ op: "StopContainer", container: patient, timeoutMs: 30_000 });
  const killed = stage.start({ op: "StopContainer", container: hasty, timeoutMs: 2_000 });
  stage.advance(1_999);
  assert.equal(killed.length, 0);
  stage.advance(1);
  assert.equal(killed.length, 1);
  assert.equal(stateOf(stage, hasty)?.exitCode, 137);
  stage.advance(2_999);
  assert.equal(stopped.length, 0);
  stage.advance(1);
  assert.equal(stopped.length, 1);
  assert.equal(stateOf(stage, patient)?.exitCode, 0);
});

test("simulatedRuntime() loses sandboxes, containers and images with its computer, and what was due happens to nobody", () => {
  const stage = bench({ app: { exitAfterMs: 5_000 } });
  run(stage);
  stage.restart(1_000);
  stage.advance(10_000);
  assert.deepEqual(stage.pushes, []);
  assert.deepEqual(stage.runtime.inspect("computer/node-1"), { sandboxes: [], containers: [] });
  assert.deepEqual(stage.call({ op: "ImageStatus", image: "app:1" }), {});
});

test("simulatedRuntime() kills a container whose memory grows past its limit", () => {
  const stage = bench({ app: { memoryBytesPerSecond: 1_000 } });
  const id = run(stage, { memoryLimitBytes: 10_000 });
  stage.advance(10_000);
  assert.equal(stateOf(stage, id)?.reason, "OOMKilled");
});

test("simulatedRuntime() takes a container's environment over its image's behaviour", () => {
  const stage = bench();
  const id = run(stage, { env: { TROUPE_EXIT_AFTER_MS: "100", TROUPE_EXIT_CODE: "7" } });
  stage.advance(100);
  assert.equal(stateOf(stage, id)?.exitCode, 7);
});

test("simulatedRuntime() runs a container's command: it ends when that does, with its status", () => {
  const ends = (command: readonly string[], image = "busybox:1") => {
    const stage = bench();
    const id = run(stage, { image, command });
    stage.advance(3_600_000);
    const { startedAtMs = 0, finishedAtMs, exitCode } = stateOf(stage, id) ?? {};
    return finishedAtMs === undefined ? "runs" : [finishedAtMs - startedAtMs, exitCode];
  };
  assert.deepEqual(ends(["sleep", "3"]), [3_000, 0]);
  assert.deepEqual(ends(["sh", "-c", "echo hi; sleep 2m && exit 4"]), [120_000, 4]);
  assert.deepEqual(ends(["/bin/sh", "-c", "while true; do date; sleep 60; done"]), "runs");
  assert.deepEqual(ends(["sleep", "infinity"]), "runs");
  assert.deepEqual(ends(["nginx", "-g", "daemon off;"], "nginx:1"), "runs");
  assert.deepEqual(ends([]), [0, 0]);
  assert.deepEqual(ends(["no-such-program"]), [0, 127]);
  assert.deepEqual(ends(["/app/server"], "acme/app:1"), "runs");
});

test("simulatedRuntime() lets a command that has no handler for the stop signal live until it is killed", () => {
  const stage = bench();
  const [deaf, polite] = [
    run(stage, { name: "a", image: "busybox", command: ["sleep", "3600"] }),
    run(stage, { name: "b", image: "busybox", command: ["sh", "-c", "trap 'exit 5' TERM; sleep 3600 & wait"] }),
  ];
  for (const container of [deaf, polite]) stage.start({ op: "StopContainer", container, timeoutMs: 4_000 });
  stage.advance(3_999);
  assert.deepEqual([stateOf(stage, deaf)?.exitCode, stateOf(stage, polite)?.exitCode], [undefined, 5]);
  stage.advance(1);
  assert.deepEqual([stateOf(stage, deaf)?.exitCode, stateOf(stage, deaf)?.reason], [137, "Error"]);
});

test("simulatedRuntime() runs commands in the files, the environment and the processes of their container", () => {
  const stage = bench();
  const command = ["sh", "-c", "touch /tmp/healthy; sleep 5; rm /tmp/healthy; sleep 600"];
  const id = run(stage, { image: "registry.k8s.io/busybox:1.27", command, env: { COLOR: "blue" } });
  const exec = (...words: string[]) => {
    const { exitCode, stdout, stderr } = stage.call({
      op: "ExecSync",
      container: id,
      command: words,
      timeoutMs: 60_000,
    });
    return [exitCode, `${stdout}${stderr}`];
  };
  assert.deepEqual(exec("cat", "/tmp/healthy"), [0, ""]);
  assert.deepEqual(exec("sh", "-c", "echo $COLOR; exit 9"), [9, "blue\n"]);
  assert.deepEqual(exec("sleep", "5"), [0, ""]);
  assert.deepEqual(exec("cat", "/tmp/healthy"), [1, "cat: can't open '/tmp/healthy': No such file or directory\n"]);
  const late = stage.start({ op: "ExecSync", container: id, command: ["sleep", "9"], timeoutMs: 2_000 });
  stage.advance(2_000);
  assert.ok(
    late[0] && !late[0].ok && late[0].failure.code === "DEADLINE_EXCEEDED" && /timed out/.test(late[0].failure.message),
  );
  const cut = stage.start({ op: "ExecSync", container: id, command: ["sleep", "9"], timeoutMs: 20_000 });
  stage.call({ op: "RemoveContainer", container: id });
  assert.ok(cut[0]?.ok && cut[0].value.exitCode === 137);
});

test("simulatedRuntime() says of a program that it cannot play that it cannot, and exits with 127", () => {
  const stage = bench();
  const exec = (image: string) => {
    const container = run(stage, { name: image, image });
    return stage.call({ op: "ExecSync", container, command: ["redis-cli", "ping"], timeoutMs: 9 });
  };
  for (const image of ["postgres:17", "registry.k8s.io/pause:3.10"]) {
    const { exitCode, stderr } = exec(image);
    assert.equal(exitCode, 127);
    assert.match(stderr, /^exec: "redis-cli": executable file not found in \$PATH \(kubetroupe plays this container/);
  }
});

test("simulatedRuntime() takes a process's last word from its file", () => {
  const stage = bench();
  const id = run(stage, { image: "alpine", command: ["sh", "-c", "echo -n no disk > /dev/termination-log; exit 2"] });
  stage.advance(10);
  assert.deepEqual([stateOf(stage, id)?.exitCode, stateOf(stage, id)?.message], [2, "no disk"]);
});

test("imageNameOf() completes names as containerd does", () => {
  assert.equal(imageNameOf("nginx").full, "docker.io/library/nginx:latest");
  assert.equal(imageNameOf("team/app:1").full, "docker.io/team/app:1");
  assert.equal(imageNameOf("registry.example:5000/app").full, "registry.example:5000/app:latest");
  assert.match(imageNameOf("nginx").ref, /^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
});

property(
  "simulatedRuntime() never gives an IP to two sandboxes at a time, and each is of the node's range",
  [fc.array(fc.record({ stop: fc.boolean(), pick: fc.nat(50) }), { maxLength: 60 })],
  (actions) => {
    const stage = bench();
    stage.call({ op: "UpdateRuntimeConfig", podCidr: "10.9.8.16/28" });
    for (const [index, { stop, pick }] of actions.entries()) {
      const ready = stage.runtime.inspect("computer/node-1").sandboxes.filter((each) => each.ready);
      const chosen = ready[pick % Math.max(1, ready.length)];
      if (stop && chosen) stage.call({ op: "StopPodSandbox", sandbox: chosen.sandbox });
      else {
        const pod = { name: "p", namespace: "n", uid: `u${index}`, attempt: 0 };
        const [answer] = stage.start({ op: "RunPodSandbox", pod });
        assert.equal(answer?.ok, ready.length < 13, `${ready.length} of 13 addresses were taken`);
      }
      const ips = stage.runtime.inspect("computer/node-1").sandboxes.flatMap((each) => (each.ready ? [each.ip] : []));
      assert.equal(new Set(ips).size, ips.length);
      for (const ip of ips) assert.match(ip, /^10\.9\.8\.(1[89]|2\d|30)$/);
    }
  },
);

property(
  "simulatedRuntime() never gives an IP to two live sandboxes, also when the node's range changes",
  [fc.array(fc.oneof(fc.nat(20), fc.constantFrom("10.9.8.0/28", "10.9.8.0/27", "10.9.9.0/28")), { maxLength: 60 })],
  (actions) => {
    const stage = bench();
    for (const [index, action] of actions.entries()) {
      const ready = stage.runtime.inspect("computer/node-1").sandboxes.filter((each) => each.ready);
      const chosen = typeof action === "number" ? ready[action] : undefined;
      if (typeof action === "string") stage.call({ op: "UpdateRuntimeConfig", podCidr: action });
      else if (chosen) stage.call({ op: "StopPodSandbox", sandbox: chosen.sandbox });
      else stage.start({ op: "RunPodSandbox", pod: { name: "p", namespace: "n", uid: `u${index}`, attempt: 0 } });
      const ips = stage.runtime.inspect("computer/node-1").sandboxes.flatMap((each) => (each.ready ? [each.ip] : []));
      assert.equal(new Set(ips).size, ips.length);
    }
  },
);

test("simulatedRuntime() keeps what a command line echoes, also after its exit, and tells who follows", () => {
  const stage = bench();
  const id = run(stage, { command: ["sh", "-c"], args: ["echo here"] });
  stage.advance(1);
  assert.equal(stage.linesOf(id)[0]?.text, "here");
  const words = ["sh", "-c", "echo one; sleep 1; echo 'two  three'; echo four > /tmp/x; sleep 1; exit 3"];
  const other = run(stage, { name: "d", command: words });
  stage.logs({ op: "FollowLogs", container: other, isWanted: true });
  stage.advance(5_000);
  assert.deepEqual(
    stage.pushes.flatMap((push) => ("container" in push && push.container === other ? [push.type] : [])),
    ["log.written"],
  );
  const read = (after: number) => stage.linesOf(other, after);
  assert.deepEqual(
    read(0).map(({ text }) => text),
    ["one", "two  three"],
  );
  assert.equal(read(1)?.[0]?.number, 2);
  assert.equal(stateOf(stage, other)?.exitCode, 3);
  assert.deepEqual(
    stage.call({
      op: "ExecSync",
      container: run(stage, { name: "e", image: "nginx" }),
      command: ["echo", "hi"],
      timeoutMs: 9,
    }),
    {
      exitCode: 0,
      stdout: "hi\n",
      stderr: "",
    },
  );
  stage.call({ op: "RemoveContainer", container: other });
  const gone = stage.logs({ op: "ReadLogs", container: other, after: 0, linesMax: 10 });
  assert.ok(!gone.ok && gone.failure.code === "NOT_FOUND");
});

test("simulatedRuntime() ends a container that is given more than a program can be, with the words of runc", () => {
  const stage = bench();
  const id = run(stage, { command: ["/bin/app", "x".repeat(131_072)], env: { A: "1" } });
  stage.advance(1);
  const status = stateOf(stage, id);
  assert.deepEqual([status?.state, status?.exitCode, status?.reason], ["CONTAINER_EXITED", 255, "Error"]);
  assert.deepEqual(
    stage.linesOf(id).map(({ stream, text }) => [stream, text]),
    [["stderr", "exec /bin/app: argument list too long"]],
  );
});

test("simulatedRuntime() pulls what nobody knows only where that is wished", () => {
  const pull = (image: string, unknown?: "play" | "refuse") => {
    const [answer] = bench({ "listed:1": {} }, unknown).start({ op: "PullImage", image });
    return answer?.ok ? "pulled" : answer?.failure.message;
  };
  for (const unknown of [undefined, "play"] as const) assert.equal(pull("acme/app:1", unknown), "pulled");
  assert.match(pull("registry.invalid/no:v9") ?? "", /\/v2\/no\/manifests\/v9": .* registry.invalid: no such host/);
  for (const image of ["listed:1", "nginx:1.27", "registry.k8s.io/pause:3.10"])
    assert.equal(pull(image, "refuse"), "pulled");
  assert.match(
    pull("acme/app:1", "refuse") ?? "",
    /^failed to pull and unpack image "docker\.io\/acme\/app:1": .*: docker\.io\/acme\/app:1: not found \(kubetroupe pulls no images: /,
  );
});
