import { once } from "node:events";
import { PassThrough } from "node:stream";
import { Exec, KubeConfig, Log, PortForward, type V1Status } from "@kubernetes/client-node";
import { assert, scenario } from "../../properties/house/test.ts";
import { pause, pod, streamStage } from "../../properties/stages/apiserver/stream_stage.ts";

/** A stream that gathers what is written to it. */
function gathering() {
  const stream = new PassThrough();
  let text = "";
  stream.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  return { stream, text: () => text };
}

scenario("Kubernetes' own library for JavaScript reads logs, runs commands and forwards ports", {}, async (context) => {
  const { kubeconfig, create, look } = await streamStage(context);
  await create(pod("web", { node: "n1" }));
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);

  const logged = gathering();
  await new Log(config).log("default", "web", "c", logged.stream, { tailLines: 2 });
  await once(logged.stream, "end");
  assert.equal(logged.text(), "two ä\nthree\n");

  const [out, err] = [gathering(), gathering()];
  const command = ["fail", "3"];
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config).exec("default", "web", "c", command, out.stream, err.stream, null, false, resolve).catch(reject);
  });
  assert.deepEqual([status.reason, status.details?.causes?.[0]?.message], ["NonZeroExitCode", "3"]);
  assert.deepEqual([out.text(), err.text()], ["", "it went wrong\n"]);

  const [data, errors, input] = [gathering(), gathering(), new PassThrough()];
  await new PortForward(config).portForward("default", "web", [80], data.stream, errors.stream, input);
  input.write("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhallo");
  while (!data.text().endsWith("hallo")) await pause();
  assert.match(data.text(), /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(errors.text(), "");
  const refused = gathering();
  await new PortForward(config).portForward(
    "default",
    "web",
    [81],
    gathering().stream,
    refused.stream,
    new PassThrough(),
  );
  while (refused.text() === "") await pause();
  assert.match(refused.text(), /^error forwarding port 81 to pod web, uid \S+: failed to connect to localhost:81/);
  while ((await look()).open > 0) await pause();
});
