import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { captureLine as run } from "../../properties/stages/cli/capture_line.ts";
import { createCluster } from "../cluster/create_cluster.ts";

test("troupe proxy rules prints a node's rules as iptables-save does, and says which node is not there", async () => {
  await using cluster = await createCluster({
    host: "pool",
    port: 0,
    topology: { nodes: 1, stores: 1, apiservers: 1 },
  });
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const { code, stdout, stderr } = await run("proxy", "rules", "node-0", "--kubeconfig", kubeconfig);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^\*nat$/m);
  assert.match(
    stdout,
    /^-A KUBE-SERVICES .*"default\/kubernetes:https cluster IP".* -d 10\.96\.0\.1 --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y$/m,
  );
  const nftables = await run("proxy", "rules", "node-0", "--format", "nftables", "--kubeconfig", kubeconfig);
  assert.match(nftables.stdout, /^add table ip kube-proxy \{ comment "rules for kube-proxy" ; \}$/m);
  assert.match(
    nftables.stdout,
    /^add element ip kube-proxy service-ips \{ 10\.96\.0\.1 \. tcp \. 443 : goto service-2QRHZV4L-default\/kubernetes\/tcp\/https \}$/m,
  );
  const lost = await run("proxy", "rules", "nowhere", "--kubeconfig", kubeconfig);
  assert.deepEqual([lost.code, lost.stdout], [2, ""]);
  assert.match(lost.stderr, /^Cannot get \/api\/v1\/nodes\/nowhere from https:.*: nodes "nowhere" not found\n$/);
});

test("troupe proxy refuses a kubeconfig that is missing, broken or leads nowhere, with one line and exit code 2", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-proxy-"));
  try {
    const [missing, broken, empty] = ["missing", "broken", "empty"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(broken, "clusters: [\n  - {");
    await writeFile(empty, "");
    const refusals: [string, RegExp][] = [
      [missing, /^Cannot read kubeconfig ".*missing": .*\n$/],
      [broken, /^Cannot read kubeconfig ".*broken": it is not YAML: .*\n$/],
      [empty, /^Cannot use kubeconfig ".*empty": its current context names no https server .*\n$/],
    ];
    for (const [path, expected] of refusals) {
      const { code, stdout, stderr } = await run("proxy", "rules", "node-0", "--kubeconfig", path);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, expected);
    }
    const refused: [string[], RegExp][] = [
      [
        ["apply", "node-0", "--kubeconfig", broken],
        /^Cannot apply rules: say where, with either --netns NAME or --this-machine\n$/,
      ],
      [
        ["remove", "--netns", "a", "--this-machine"],
        /^Cannot remove rules: say where, with either --netns NAME or --this-machine\n$/,
      ],
      [["apply"], /^Cannot apply rules: name the node\n$/],
    ];
    for (const [line, expected] of refused) {
      const { code, stderr } = await run("proxy", ...line);
      assert.equal(code, 2);
      assert.match(stderr, expected);
    }
    assert.match(
      (await run("proxy", "paint", "node-0")).stderr,
      /^Cannot paint proxies: there is no such action, use rules, apply or remove\n$/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
