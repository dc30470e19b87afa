import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { assert, scenario } from "../../properties/house/test.ts";
import { child, forward, ok, pause, pod, streamStage } from "../../properties/stages/apiserver/stream_stage.ts";
import { kubectlPath } from "../../properties/stages/kubectl.ts";

scenario("kubectl logs reads, limits and follows what a container writes", {}, async (context) => {
  const { run, create, write, look, host } = await streamStage(context);
  await create(
    pod("web", { node: "n1" }),
    pod("pending"),
    pod("two", { node: "n1", containers: ["a", "b"] }),
    pod("lost", { node: "n2" }),
  );
  assert.equal(ok(await run(["logs", "web"])), "one\ntwo ä\nthree\n");
  assert.equal(ok(await run(["logs", "web", "--tail=1"])), "three\n");
  assert.equal(ok(await run(["logs", "web", "--limit-bytes=5"])), "one\nt");
  assert.equal(ok(await run(["logs", "pending"])), "");
  assert.equal(ok(await run(["logs", "two", "-c", "b"])), "one\ntwo ä\nthree\n");
  const fails = async (args: string[], message: RegExp) => {
    const { code, stderr } = await run(["logs", ...args]);
    assert.deepEqual([code, message.test(stderr) ? "" : stderr], [1, ""]);
  };
  await fails(
    ["web", "--previous"],
    /^Error from server \(BadRequest\): previous terminated container "c" in pod "web" not found$/m,
  );
  await fails(["nobody"], /\(NotFound\).*pods "nobody" not found/);
  await fails(["two", "-c", "z"], /container z is not valid for pod two/);
  await fails(
    ["lost"],
    /^Error from server: Get "https:\/\/n2:10250\/containerLogs\/default\/lost\/c": dial tcp n2:10250: connect: connection refused$/m,
  );
  const raw = await run(["get", "--raw", "/api/v1/namespaces/default/pods/two/log"]);
  assert.match(raw.stderr, /a container name must be specified for pod two, choose one of: \[a b\]/);
  const wrong = await run(["get", "--raw", "/api/v1/namespaces/default/pods/web/log?limitBytes=0"]);
  assert.match(wrong.stderr, /limitBytes: Invalid value: 0: must be greater than 0/);

  const stopping = new AbortController();
  let followed = "";
  const following = run(["logs", "-f", "web", "--tail=1"], {
    signal: stopping.signal,
    onStdout: (text) => {
      followed += text;
    },
  });
  while (!followed.includes("three")) await pause();
  write("four\n");
  while (!followed.includes("four")) await pause();
  stopping.abort();
  await following;
  assert.equal(followed, "three\nfour\n");
  while ((await look()).open > 0) await pause();

  const broken = run(["logs", "-f", "web"], { onStdout: () => void host.crash("kubelet-n1", "told to") });
  assert.notEqual((await broken).code, 0);
});

scenario("kubectl exec carries a command's streams and its exit code", {}, async (context) => {
  const { run, create, look, host, kubeconfig } = await streamStage(context);
  await create(pod("web", { node: "n1" }), pod("pending"));
  const exec = (args: readonly string[], more?: Parameters<typeof run>[1]) => run(["exec", ...args], more);
  assert.equal(ok(await exec(["web", "--", "echo", "hallo", "wörld"])), "hallo wörld\n");
  assert.deepEqual(await exec(["web", "--", "fail", "7"]), {
    code: 7,
    stdout: "",
    stderr: "it went wrong\ncommand terminated with exit code 7\n",
  });
  const input = `grüße\n${"0123456789abcdef".repeat(70_000)}`;
  assert.equal(ok(await exec(["-i", "web", "--", "cat"], { input })), input);
  const much = ok(await exec(["web", "--", "yes", "5000000"]));
  assert.deepEqual([much.length, much.slice(0, 4)], [5_000_000, "y\ny\n"]);
  assert.match(ok(await exec(["-it", "web", "--", "cat"], { input: "x\n" })), /x/);
  const fails = async (args: string[], message: RegExp) => {
    const { code, stderr } = await exec(args);
    assert.deepEqual([code, message.test(stderr) ? "" : stderr], [1, ""]);
  };
  await fails(
    ["web", "--", "nowhere"],
    /Internal error occurred: unable to upgrade connection: container not found \("c"\)/,
  );
  await fails(["pending", "--", "echo"], /pod pending does not have a host assigned/);
  await fails(["web", "-c", "z", "--", "echo"], /container z is not valid for pod web/);
  await fails(["nobody", "--", "echo"], /pods "nobody" not found/);
  assert.equal(ok(await run(["attach", "web"])), "one\ntwo ä\nthree\n");
  assert.equal((await look()).open, 0);

  // Go's older clients open a stream of SPDY for each of a command's.
  const old = (args: readonly string[], input?: string) => exec(args, { isSpdy: true, ...(input ? { input } : {}) });
  assert.deepEqual(await old(["web", "--", "fail", "7"]), {
    ...{ code: 7, stdout: "", stderr: "it went wrong\ncommand terminated with exit code 7\n" },
  });
  assert.equal(ok(await old(["-i", "web", "--", "cat"], input)), input);
  assert.equal(ok(await old(["web", "--", "yes", "5000000"])), much);
  // What ends at once may have ended before its client has opened all streams.
  const brief = Array.from({ length: 8 }, (_none, index) => old(["-i", "web", "--", "echo", `${index}`]));
  assert.deepEqual((await Promise.all(brief)).map(ok), ["0\n", "1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n"]);
  assert.match((await old(["nobody", "--", "echo"])).stderr, /pods "nobody" not found/);
  assert.equal((await look()).open, 0);

  // One that reads its input for ever: first the client goes, then the kubelet.
  const gone = child(kubeconfig, ["exec", "-i", "web", "--", "cat"], { path: await kubectlPath() });
  gone.stdin.write("x\n");
  await once(gone.stdout, "data");
  assert.equal((await look()).open, 1);
  gone.kill("SIGKILL");
  while ((await look()).open > 0) await pause();
  const broken = child(kubeconfig, ["exec", "-i", "web", "--", "cat"], { path: await kubectlPath() });
  broken.stdin.write("x\n");
  await once(broken.stdout, "data");
  await host.crash("kubelet-n1", "told to");
  let said = "";
  broken.stderr.on("data", (text) => {
    said += text;
  });
  const [code] = await once(broken, "close");
  assert.equal(code, 1);
  assert.match(said, /error executing command in container: the kubelet is gone/);
});

scenario("kubectl port-forward carries connections to a pod, a service and a deployment", {}, async (context) => {
  const { run, create, markRunning, look, host, kubeconfig } = await streamStage(context);
  await create(
    pod("web", { node: "n1" }),
    JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 8080, targetPort: 80 }] },
    }),
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "web:1" }] } },
      },
    }),
  );
  await markRunning("web");
  for (const [what, port, isSpdy] of [
    ["pod/web", 80, false],
    ["service/web", 8080, false],
    ["deployment/web", 80, false],
    ["pod/web", 80, true],
  ] as const) {
    const forwarding = await forward(kubeconfig, [what, `:${port}`], { isSpdy });
    const echo = async (body: string | Uint8Array) => {
      const response = await fetch(`http://127.0.0.1:${forwarding.port}/`, { method: "POST", body });
      return Buffer.from(await response.arrayBuffer());
    };
    assert.equal((await echo(`hello ${what}`)).toString(), `hello ${what}`);
    const many = await Promise.all(Array.from({ length: 20 }, (_none, index) => echo(`number ${index}`)));
    assert.deepEqual(
      many.map(String),
      Array.from({ length: 20 }, (_none, index) => `number ${index}`),
    );
    const bytes = randomBytes(5 * 1024 * 1024);
    const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    assert.equal(digest(await echo(bytes)), digest(bytes));
    while ((await look()).open > 0) await pause();
    forwarding.child.kill("SIGINT");
    await once(forwarding.child, "close");
  }
  assert.ok((await look()).underWayMost <= 256 * 1024);

  const refused = await forward(kubeconfig, ["web", ":81"]);
  await assert.rejects(fetch(`http://127.0.0.1:${refused.port}/`));
  await refused.ended;
  assert.match(
    refused.said(),
    /error forwarding port 81 to pod web, uid \S+: failed to connect to localhost:81: connection refused/,
  );

  const lost = await forward(kubeconfig, ["web", ":80"]);
  assert.equal(await (await fetch(`http://127.0.0.1:${lost.port}/`, { method: "POST", body: "x" })).text(), "x");
  await host.crash("kubelet-n1", "told to");
  await lost.ended;
  assert.match(lost.said(), /lost connection to pod/);
  assert.match((await run(["port-forward", "nobody", ":80"])).stderr, /pods "nobody" not found/);
});
