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
        'Nothing runs here: kubetroupe plays this container and does not know what "--leader-elect" of image "acme/operator:1" does; probes find it healthy, and nobody answers on its ports',
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
    `Nothing runs here: kubetroupe plays this container and does not know what "${program}" of image "acme/vault:1" does; probes find it healthy, and nobody answers on its ports`;
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
