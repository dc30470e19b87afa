import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, test } from "../house/test.ts";
import { kubectl, kubectlPath } from "./kubectl.ts";

test("kubectlPath() unpacks a program once, and gives the same path afterwards", async () => {
  const path = await kubectlPath();
  const { mode, size } = await stat(path);
  assert.equal(mode & 0o777, 0o755);
  assert.ok(size > 10_000_000);
  assert.equal(await kubectlPath(), path);
});

test("kubectl() runs version 1.34", async () => {
  const { code, stdout, stderr } = await kubectl(["version", "--client", "-o", "json"]);
  assert.equal(code, 0, stderr);
  const { clientVersion } = JSON.parse(stdout) as { clientVersion: { major: string; minor: string } };
  assert.deepEqual([clientVersion.major, clientVersion.minor], ["1", "34"]);
});

test("kubectl() passes on its input, and what is wrong with it as exit code and standard error", async () => {
  const input = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } });
  const good = await kubectl(["label", "--local", "-f", "-", "b=c", "-o", "name"], { input });
  assert.deepEqual([good.code, good.stdout], [0, "pod/a\n"], good.stderr);
  const bad = await kubectl(["no-such-verb"]);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /unknown command "no-such-verb"/);
});

test("kubectl() ends early when its signal is aborted", async () => {
  const stop = new AbortController();
  // A server that takes the request and never answers: without the signal, kubectl would wait for ever.
  const server = createServer(() => stop.abort());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const run = await kubectl(["get", "--raw", "/", `--server=http://127.0.0.1:${port}`], { signal: stop.signal });
  assert.equal(run.code, -1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
