import { assert, test } from "../../../properties/house/test.ts";
import { bench, run, stateOf } from "../../../properties/stages/played/runtime_bench.ts";

test("simulatedRuntime() fails a container that others wait for when nobody knows what it does", () => {
  const stage = bench({ "known:1": {} });
  const unknown = run(stage, { name: "a", image: "acme/migrate:1", isAwaited: true });
  const known = run(stage, { name: "b", image: "known:1", isAwaited: true });
  const told = run(stage, { name: "c", image: "acme/migrate:1", isAwaited: true, env: { TROUPE_EXIT_AFTER_MS: "50" } });
  stage.advance(100);
  const { exitCode, message } = stateOf(stage, unknown) ?? {};
  assert.equal(exitCode, 127);
  assert.match(
    message ?? "",
    /^Cannot run image "acme\/migrate:1": .* does not know what that does, give it a command/,
  );
  assert.equal(stage.linesOf(unknown)[0]?.text, message);
  assert.deepEqual([stateOf(stage, known)?.exitCode, stateOf(stage, told)?.exitCode], [undefined, 0]);
});

test("simulatedRuntime() says in the log of a container that nobody knows that nothing runs in it, and has a bash for it", () => {
  const stage = bench({ "known:1": {} });
  const unknown = run(stage, { name: "a", image: "acme/operator:1", args: ["--leader-elect"] });
  const others = [
    run(stage, { name: "b", image: "known:1" }),
    run(stage, { name: "c", image: "nginx" }),
    run(stage, { name: "d", image: "acme/operator:1", env: { TROUPE_EXIT_AFTER_MS: "5000" } }),
    run(stage, { name: "e", image: "acme/operator:1", command: ["/bin/bash", "-ec", '[ -n "$BASH" ] || sleep 60'] }),
  ];
  stage.advance(10);
  assert.deepEqual(
    stage.linesOf(unknown).map(({ stream, text }) => [stream, text]),
    [
      [
        "stderr",
        'Nothing runs here: kubetroupe plays this container and does not know what "--leader-elect" of image "acme/operator:1" does; probes find it healthy, and who connects to its ports is told nothing',
      ],
    ],
  );
  assert.equal(stage.linesOf(unknown).length, 1);
  assert.ok(others.every((each) => !stage.linesOf(each).some(({ text }) => text.startsWith("Nothing runs"))));
  assert.deepEqual(
    others.map((each) => stateOf(stage, each)?.state),
    others.map(() => "CONTAINER_RUNNING"),
  );
});

test("simulatedRuntime() plays on where a script of a container that nobody knows becomes a program that nobody knows", () => {
  const stage = bench();
  const script = (name: string, text: string, isAwaited = false) =>
    run(stage, { name, image: "acme/vault:1", command: ["/bin/sh", "-ec", text], ...(isAwaited ? { isAwaited } : {}) });
  const told = (id: string) => [stateOf(stage, id)?.state, stateOf(stage, id)?.exitCode, stage.linesOf(id)[0]?.text];
  const lives = [
    script("a", "x=1; exec /manager --leader-elect"),
    script("b", "cp /etc/hosts /tmp/h; /usr/local/bin/docker-entrypoint.sh vault server"),
    script("c", "printf 'exec /manager' > /tmp/start.sh; chmod +x /tmp/start.sh; /tmp/start.sh"),
  ];
  const ends = [
    script("d", "exec migrate", true),
    script("e", "set +e; nobody; exit 3"),
    script("f", "nobody | cat; exit 4"),
  ];
  stage.advance(50);
  const nothing = (program: string) =>
    `Nothing runs here: kubetroupe plays this container and does not know what "${program}" of image "acme/vault:1" does; probes find it healthy, and who connects to its ports is told nothing`;
  assert.deepEqual(lives.map(told), [
    ["CONTAINER_RUNNING", undefined, nothing("/manager")],
    ["CONTAINER_RUNNING", undefined, nothing("/usr/local/bin/docker-entrypoint.sh")],
    ["CONTAINER_RUNNING", undefined, nothing("/manager")],
  ]);
  assert.deepEqual(
    ends.map((id) => stateOf(stage, id)?.exitCode),
    [127, 3, 4],
  );
  stage.call({ op: "StopContainer", container: lives[0] ?? "", timeoutMs: 1_000 });
  assert.equal(stateOf(stage, lives[0] ?? "")?.state, "CONTAINER_EXITED");
});

test("simulatedRuntime() ends a step of a well-known install well, says what it does not do, and takes no other container for one", () => {
  const stage = bench({ "quay.io/cilium/cilium:v2": {} });
  const awaited = (name: string, image: string, command: readonly string[] = []) =>
    run(stage, { name, image, command, isAwaited: true });
  const steps = [
    awaited("a", "quay.io/calico/cni:v3.30.0", ["/opt/cni/bin/install"]),
    awaited("b", "quay.io/cilium/cilium:v1.18.0", ["sh", "-ec", "nsenter --mount=/hostproc/1/ns/mnt x"]),
    run(stage, { name: "c", image: "xpkg.io/crossplane/crossplane:v2", args: ["core", "init"], isAwaited: true }),
    awaited("e", "gcr.io/knative-releases/knative.dev/pkg/apiextensions/storageversion/cmd/migrate@sha256:abcd"),
    awaited("d", "docker.io/bitnami/mysql:9", ["/bin/bash", "-ec", ". /opt/bitnami/scripts/libfs.sh"]),
    awaited("f", "docker.io/bitnami/kafka:4", ["/bin/bash", "-ec", ". /opt/bitnami/scripts/libfs.sh"]),
  ];
  const others = [
    awaited("g", "quay.io/acme/cni:v3.30.0", ["/opt/cni/bin/install"]),
    run(stage, { name: "h", image: "xpkg.io/crossplane/crossplane:v2", args: ["core", "other"], isAwaited: true }),
    awaited("i", "docker.io/bitnami/kafka:4", ["/bin/bash", "-ec", "exit 3"]),
  ];
  const main = run(stage, { name: "j", image: "quay.io/calico/node:v3.30.0", command: ["start_runit"] });
  const listed = awaited("k", "quay.io/cilium/cilium:v2");
  stage.advance(100);
  assert.deepEqual(
    steps.map((id) => stateOf(stage, id)?.exitCode),
    [0, 0, 0, 0, 0, 0],
  );
  assert.equal(
    stage.linesOf(steps[0] ?? "")[0]?.text,
    "Nothing is done here: kubetroupe plays this step of an install, which puts a network's plugins on the node, whose network is there",
  );
  assert.deepEqual(
    others.map((id) => stateOf(stage, id)?.exitCode),
    [127, 127, 3],
  );
  assert.deepEqual(
    [main, listed].map((id) => stateOf(stage, id)?.state),
    ["CONTAINER_RUNNING", "CONTAINER_RUNNING"],
  );
});
