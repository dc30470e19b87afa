import { createServer } from "node:net";
import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { realRuntimeSocket } from "../cli/real_runtime_socket.ts";
import { createCluster } from "./create_cluster.ts";
import { findRuntime, makeRuntimeClasses } from "./real_runtime.ts";

scenario(
  "without a real runtime a pod of the class containerd waits and says why, and so does one whose class nobody has",
  {},
  async (context) => {
    const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
    const cluster = context.use(await createCluster({ topology }));
    const { api } = cluster;
    await makeRuntimeClasses(api);
    // Once more is no harm.
    await makeRuntimeClasses(api);
    const other = { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: "other" }, handler: "kata" };
    await api({ verb: "create", group: "node.k8s.io", resource: "runtimeclasses", body: other });
    const at = { namespace: "default", resource: "pods" } as const;
    for (const runtimeClassName of ["containerd", "played", "other"]) {
      const spec = { runtimeClassName, containers: [{ name: "c", image: "nginx:1" }] };
      const body = { apiVersion: "v1", kind: "Pod", metadata: { name: `of-${runtimeClassName}` }, spec };
      assert.equal((await api({ verb: "create", ...at, body })).code, 201);
    }
    await cluster.wait(20_000);
    const phase = async (name: string) => {
      const { body } = await api<{ readonly status?: { readonly phase?: string } }>({ verb: "get", ...at, name });
      return body.status?.phase;
    };
    const phases = await Promise.all(["of-containerd", "of-played", "of-other"].map(phase));
    assert.deepEqual(phases, ["Pending", "Running", "Pending"]);
    const { body } = await api<{ readonly items: readonly { readonly reason?: string; readonly message?: string }[] }>({
      ...{ verb: "list", namespace: "default", resource: "events" },
    });
    const told = body.items.flatMap(({ reason, message = "" }) => (reason === "FailedCreatePodSandBox" ? message : []));
    const [ofContainerd = "", ofOther = ""] = told.sort();
    assert.match(ofContainerd, /no runtime for "containerd" is configured, start the cluster with troupe up --runtime/);
    assert.equal(
      ofOther,
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured',
    );
  },
);

scenario("what is no container runtime is refused in words, and so is one in virtual time", {}, async (context) => {
  const folder = await context.folder();
  const refused = async (socket: string) => {
    const why = await findRuntime({ socket, isDefault: true }).then(
      () => "",
      (error: Error) => error.message,
    );
    return why.replace(socket, "SOCKET");
  };
  const missing = join(folder, "nothing.sock");
  assert.match(await refused(missing), /^Cannot use the container runtime at "SOCKET": there is no such file/);
  assert.match(await refused(folder), /it is no unix socket/);
  const deaf = join(folder, "deaf.sock");
  const server = createServer((socket) => socket.destroy()).listen(deaf);
  context.defer(() => void server.close());
  assert.match(await refused(deaf), /nobody answers, or this user may not ask/);
  const realRuntime = { socket: missing, isDefault: true };
  await assert.rejects(
    createCluster({ topology: { realRuntime } }),
    /^InputError: Cannot simulate a cluster with a real/,
  );
  const topology = { nodes: 1, stores: 1, apiservers: 1, realRuntime } as const;
  await assert.rejects(createCluster({ host: "thread", topology }), /there is no such file, start containerd/);
  assert.equal(realRuntimeSocket("containerd=unix:///run/c.sock"), "/run/c.sock");
  assert.throws(() => realRuntimeSocket("docker=/run/docker.sock"), /give the socket of a containerd/);
});
