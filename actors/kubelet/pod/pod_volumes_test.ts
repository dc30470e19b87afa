import { assert, test } from "../../../properties/house/test.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";
import type { NodeUsage } from "../messages.ts";

const inDefault = { namespace: "default" };
const tokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A pod with a shell, that mounts a volume, and perhaps a second time. */
function shell(name: string, volume: object, ...more: object[]) {
  const volumeMounts = [{ name: "v", mountPath: "/v" }, ...more];
  const containers = [{ name: "c", image: "busybox", command: ["sleep", "100000"], volumeMounts }];
  return podNamed(name, { volumes: [{ name: "v", ...volume }], containers });
}

function stageWith(seed: number) {
  const stage = realApiStage(seed);
  const { lab } = stage;
  const make = (resource: string, kind: string, name: string, more: object) =>
    assert.equal(
      lab.call("create", resource, { ...inDefault, body: { apiVersion: "v1", kind, metadata: { name }, ...more } })
        .code,
      201,
    );
  const run = (pod: ReturnType<typeof podNamed>) => {
    assert.equal(lab.call("create", "pods", { ...inDefault, body: pod }).code, 201);
    awaitPhase(lab, pod.metadata.name, "Running");
  };
  return { ...stage, make, run };
}

test("a volume follows its ConfigMap, all files at once, and what is mounted by subPath stays as it was", () => {
  const { lab, exec, make, run } = stageWith(1);
  make("configmaps", "ConfigMap", "cfg", { data: { color: "red", old: "1" } });
  const one = { name: "v", mountPath: "/one", subPath: "color" };
  run(shell("p", { configMap: { name: "cfg" } }, one));
  assert.equal(exec("p", "cat /v/color /one; ls /v"), "redredcolor\nold\n");
  const patch = { data: { color: "blue", new: "2", old: null } };
  lab.call("patch", "configmaps", {
    ...inDefault,
    name: "cfg",
    body: patch,
    contentType: "application/merge-patch+json",
  });
  lab.simulation.advance(1_000);
  assert.equal(exec("p", "cat /v/color /one; ls /v"), "blueredcolor\nnew\n");
  assert.match(exec("p", "echo no > /v/color"), /Read-only file system/);
});

test("a pod whose ConfigMap is missing waits, tells why, and begins when that is there", () => {
  const { lab, exec, make } = stageWith(2);
  lab.call("create", "pods", { ...inDefault, body: shell("p", { configMap: { name: "late" } }) });
  lab.simulation.advance(3_000);
  const { status } = lab.call("get", "pods", { ...inDefault, name: "p" }).body;
  assert.deepEqual([status.phase, status.containerStatuses[0].state.waiting.reason], ["Pending", "ContainerCreating"]);
  const told = lab
    .call("list", "events", inDefault)
    .body.items.filter((each: { reason: string }) => each.reason === "FailedMount");
  assert.equal(told[0].message, 'MountVolume.SetUp failed for volume "v" : configmap "late" not found');
  assert.equal(told[0].type, "Warning");
  make("configmaps", "ConfigMap", "late", { data: { k: "here" } });
  awaitPhase(lab, "p", "Running");
  assert.equal(exec("p", "cat /v/k"), "here");
});

test("a pod finds a token of its account, that is made anew when four fifths of its life are over", () => {
  const { lab, exec, run } = stageWith(3);
  const sources = [{ serviceAccountToken: { path: "token", expirationSeconds: 600, audience: "vault" } }];
  run(shell("p", { projected: { sources } }));
  assert.equal(exec("p", `cat ${tokenFolder}/namespace; ls ${tokenFolder}`), "defaultca.crt\nnamespace\ntoken\n");
  const first = exec("p", "cat /v/token");
  const claims = JSON.parse(atob(first.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""));
  assert.deepEqual([claims.aud, claims["kubernetes.io"].pod.name], [["vault"], "p"]);
  lab.simulation.advance(470_000);
  assert.equal(exec("p", "cat /v/token"), first);
  lab.simulation.advance(20_000);
  assert.notEqual(exec("p", "cat /v/token"), first);
});

test("an empty folder is shared by a pod's containers, outlives them and their kubelet, and ends with the pod", () => {
  const { lab, exec, run } = stageWith(4);
  const volumeMounts = [{ name: "v", mountPath: "/v" }];
  const writes = "echo from-init > /v/f";
  const initContainers = [{ name: "i", image: "busybox", command: ["sh", "-c", writes], volumeMounts }];
  const pod = shell("p", { emptyDir: {} });
  run({ ...pod, spec: { ...pod.spec, initContainers } as never });
  assert.equal(exec("p", "cat /v/f"), "from-init\n");
  lab.simulation.crashNow("node-1", "a test");
  lab.simulation.advance(5_000);
  exec("p", "echo again >> /v/f; kill -9 1");
  lab.simulation.advance(2_000);
  assert.equal(lab.call("get", "pods", { ...inDefault, name: "p" }).body.status.containerStatuses[0].restartCount, 0);
  assert.equal(exec("p", "cat /v/f"), "from-init\nagain\n");
  lab.call("delete", "pods", { ...inDefault, name: "p", query: { gracePeriodSeconds: "1" } });
  awaitPhase(lab, "p", "gone");
  run(shell("p", { emptyDir: {} }));
  assert.equal(exec("p", "ls /v"), "");
});

test("a kubelet tells how large the volumes of its pods are and what is in them, where that is asked for", () => {
  const { lab, exec, make, run } = stageWith(14);
  make("configmaps", "ConfigMap", "cfg", { data: { color: "red", "a.b": "12345" } });
  const volumes = [
    { name: "host", hostPath: { path: "/srv", type: "DirectoryOrCreate" } },
    { name: "scratch", emptyDir: {} },
    { name: "ram", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    { name: "cfg", configMap: { name: "cfg" } },
  ];
  const volumeMounts = [
    { name: "scratch", mountPath: "/s" },
    { name: "ram", mountPath: "/r" },
  ];
  const containers = [{ name: "c", image: "busybox", command: ["sleep", "100000"], volumeMounts }];
  run(podNamed("p", { automountServiceAccountToken: false, volumes, containers }));
  exec("p", "mkdir /s/d; echo 123 > /s/d/f; echo 12345 > /r/f");
  const ask = (isWithVolumes: boolean) => {
    const question = { type: "kubelet.usage", isWithVolumes };
    const { pods } = lab.simulation.askNow("node-1", question, 1_000) as NodeUsage;
    return pods.find(({ name }) => name === "p")?.volumes;
  };
  assert.deepEqual([ask(false), ask(true)?.map(({ name }) => name)], [undefined, ["scratch", "cfg", "ram"]]);
  const sizes = (ask(true) ?? []).map(({ usedBytes, usedNodes }) => [usedBytes, usedNodes]);
  assert.deepEqual(sizes, [
    [4, 3],
    [8, 7],
    [6, 2],
  ]);
  const ram = ask(true)?.at(-1);
  assert.deepEqual([ram?.capacityBytes, ram?.availableBytes], [1024 ** 2, 1024 ** 2 - 6]);
});

test("a kubelet tells what a container has written, apart from what it has said and from its volumes, and of its disk", () => {
  const { lab, exec, run } = stageWith(15);
  const command = ["sh", "-c", "echo hello; sleep 100000"];
  const containers = [{ name: "c", image: "busybox", command, volumeMounts: [{ name: "v", mountPath: "/v" }] }];
  run(podNamed("p", { automountServiceAccountToken: false, volumes: [{ name: "v", emptyDir: {} }], containers }));
  const ask = () => {
    const question = { type: "kubelet.usage", isWithVolumes: true };
    const usage = lab.simulation.askNow("node-1", question, 1_000) as NodeUsage;
    const [container] = usage.pods.find(({ name }) => name === "p")?.containers ?? [];
    assert.ok(container && usage.disk);
    return { ...container, disk: usage.disk };
  };
  const before = ask();
  exec("p", "mkdir /data; head -c 5000 /dev/zero > /data/f; head -c 700 /dev/zero > /v/f");
  const after = ask();
  assert.deepEqual([after.writtenBytes - before.writtenBytes, after.writtenNodes - before.writtenNodes], [5000, 2]);
  assert.ok(before.loggedBytes >= "hello".length && after.loggedBytes === before.loggedBytes);
  assert.deepEqual([after.disk.usedBytes - before.disk.usedBytes, after.disk.capacityBytes], [5700, 100 * 2 ** 30]);
  assert.equal(after.disk.usedNodes - before.disk.usedNodes, 3);
  assert.ok(after.disk.imagesBytes > 1_000_000 && after.disk.imagesBytes === before.disk.imagesBytes);
  exec("p", "rm -r /data /v/f");
  assert.equal(ask().disk.usedBytes, before.disk.usedBytes);
});

test("what a pod says of itself follows its labels, and a folder of the computer is the same for all pods", () => {
  const { lab, exec, run } = stageWith(5);
  const items = [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }];
  run(shell("p", { downwardAPI: { items } }));
  assert.equal(exec("p", "cat /v/labels"), "");
  const patch = { metadata: { labels: { b: "2", a: "1" } } };
  lab.call("patch", "pods", { ...inDefault, name: "p", body: patch, contentType: "application/merge-patch+json" });
  lab.simulation.advance(1_000);
  assert.equal(exec("p", "cat /v/labels"), 'a="1"\nb="2"');
  for (const name of ["x", "y"]) run(shell(name, { hostPath: { path: "/srv/data", type: "DirectoryOrCreate" } }));
  exec("x", "echo shared > /v/f");
  assert.equal(exec("y", "cat /v/f"), "shared\n");
  lab.call("create", "pods", {
    ...inDefault,
    body: shell("z", { hostPath: { path: "/srv/none", type: "Directory" } }),
  });
  lab.simulation.advance(2_000);
  const told = lab
    .call("list", "events", inDefault)
    .body.items.find((each: { reason: string }) => each.reason === "FailedMount");
  const why = "hostPath type check failed: /srv/none is not a directory";
  assert.equal(told.message, `MountVolume.SetUp failed for volume "v" : ${why}`);
});

test("pods with users of their own have others of the node's than any of their kind, and give them back", () => {
  const { lab, exec, run } = stageWith(31);
  const map = (name: string) => exec(name, "cat /proc/self/uid_map /proc/1/gid_map").replace(/ +/g, " ");
  const plain = { emptyDir: {} };
  const own = (name: string) => {
    const pod = shell(name, plain);
    run({ ...pod, spec: { ...pod.spec, hostUsers: false } } as never);
  };
  run(shell("shares", plain));
  assert.equal(map("shares"), " 0 0 4294967295\n".repeat(2));
  for (const name of ["one", "two"]) own(name);
  assert.deepEqual([map("one"), map("two")], [" 0 65536 65536\n".repeat(2), " 0 131072 65536\n".repeat(2)]);
  lab.call("delete", "pods", { ...inDefault, name: "one", body: { gracePeriodSeconds: 0 } });
  awaitPhase(lab, "one", "gone");
  lab.simulation.advance(35_000);
  own("three");
  assert.equal(map("three"), " 0 65536 65536\n".repeat(2));
});

test("a computer's own files can be mounted: its hosts file, its devices, a folder that is everybody's", () => {
  const { lab, exec, run } = stageWith(6);
  run(
    shell("hosts", { hostPath: { path: "/etc/hosts", type: "FileOrCreate" } }, { name: "v", mountPath: "/etc/hosts" }),
  );
  assert.match(exec("hosts", "cat /v"), /^127\.0\.0\.1\tlocalhost\n/);
  assert.doesNotMatch(exec("hosts", "cat /etc/hosts"), /Kubernetes-managed/);
  run(shell("device", { hostPath: { path: "/dev/null", type: "CharDevice" } }));
  run(shell("all", { hostPath: { path: "/tmp", type: "" } }));
  assert.equal(exec("all", "stat -c %A /v"), "drwxrwxrwt\n");
  exec("all", "echo x > /v/x");
  run(shell("others", { hostPath: { path: "/tmp" } }));
  assert.equal(exec("others", "cat /v/x"), "x\n");
  lab.call("create", "pods", {
    ...inDefault,
    body: shell("block", { hostPath: { path: "/dev/null", type: "BlockDevice" } }),
  });
  lab.simulation.advance(2_000);
  const { items } = lab.call("list", "events", inDefault).body;
  assert.ok(items.some(({ message }: { message: string }) => /\/dev\/null is not a block device$/.test(message)));
});

interface PodMore {
  readonly annotations?: object;
  readonly initContainers?: readonly object[];
}

test("a part of a volume that is none is not mounted, and the container waits until it is one", () => {
  const { lab } = stageWith(7);
  const waiting = (name: string, env: object[], mount: object, { annotations = {}, ...more }: PodMore = {}) => {
    const containers = [
      {
        name: "c",
        image: "busybox",
        command: ["sleep", "9"],
        env,
        volumeMounts: [{ name: "v", mountPath: "/v", ...mount }],
      },
    ];
    const pod = podNamed(name, { volumes: [{ name: "v", emptyDir: {} }], containers, ...more });
    lab.call("create", "pods", { ...inDefault, body: { ...pod, metadata: { ...pod.metadata, annotations } } });
    lab.simulation.advance(2_000);
    const { reason, message } = lab.call("get", "pods", { ...inDefault, name }).body.status.containerStatuses[0].state
      .waiting;
    assert.equal(reason, "CreateContainerConfigError");
    return message;
  };
  const named = (value: string) => [{ name: "NAME", value }];
  const mount = { subPathExpr: "$(NAME)" };
  assert.equal(waiting("up", named(".."), mount), "unable to provision SubPath `..`: must not contain '..'");
  assert.equal(waiting("root", named("/tmp"), mount), "error SubPath `/tmp` must not be an absolute path");
  const valueFrom = { fieldRef: { fieldPath: "metadata.annotations['path']" } };
  assert.equal(
    waiting("unset", [{ name: "NAME", valueFrom }], mount, { annotations: { other: "x" } }),
    "missing value for NAME",
  );
  const patch = { metadata: { annotations: { path: "there" } } };
  lab.call("patch", "pods", { ...inDefault, name: "unset", body: patch, contentType: "application/merge-patch+json" });
  awaitPhase(lab, "unset", "Running");
  // What a container has put into the volume may lead out of it.
  const links = "ln -s /etc /v/out; ln -s nowhere/else /v/none";
  const initContainers = [
    { name: "i", image: "busybox", command: ["sh", "-c", links], volumeMounts: [{ name: "v", mountPath: "/v" }] },
  ];
  for (const [subPath, what] of [
    ["out", "prepare subPath"],
    ["none", "create subPath directory"],
  ] as const) {
    const message = `failed to ${what} for volumeMount "v" of container "c"`;
    assert.equal(waiting(subPath, [], { subPath }, { initContainers }), message);
  }
});

test("an image of root's does not start where that must not be, and one of somebody else's runs as that", () => {
  const { lab, exec, run } = stageWith(8);
  const containers = (image: string) => [
    { name: "c", image, command: ["sleep", "100000"], securityContext: { runAsNonRoot: true } },
  ];
  lab.call("create", "pods", { ...inDefault, body: podNamed("root", { containers: containers("busybox") }) });
  lab.simulation.advance(2_000);
  const { status } = lab.call("get", "pods", { ...inDefault, name: "root" }).body;
  const { reason, message } = status.containerStatuses[0].state.waiting;
  assert.equal(reason, "CreateContainerConfigError");
  assert.match(
    message,
    /^container has runAsNonRoot and image will run as root \(pod: "root_default\(.*\)", container: c\)$/,
  );
  run(podNamed("somebody", { containers: containers("registry.k8s.io/e2e-test-images/nonroot:1.4") }));
  assert.equal(exec("somebody", "id -u"), "1234\n");
  // Somebody else's image of a well-known name may well be made for it.
  run(podNamed("other", { containers: containers("example.com/busybox:1") }));
});

test("a pod that writes more to an emptyDir than its limit is evicted, and one in memory cannot write more", () => {
  const { lab, exec, run } = stageWith(9);
  run(shell("disk", { emptyDir: { sizeLimit: "1Ki" } }));
  run(shell("memory", { emptyDir: { sizeLimit: "1Ki", medium: "Memory" } }));
  const fill = (name: string) => exec(name, "head -c 1025 /dev/zero > /v/x; wc -c < /v/x");
  assert.match(fill("memory"), /No space left on device/);
  assert.match(fill("disk"), /1025/);
  lab.simulation.advance(15_000);
  const { status } = lab.call("get", "pods", { ...inDefault, name: "disk" }).body;
  assert.deepEqual(
    [status.phase, status.reason, status.message],
    ["Failed", "Evicted", 'Usage of EmptyDir volume "v" exceeds the limit "1Ki". '],
  );
  assert.equal(lab.call("get", "pods", { ...inDefault, name: "memory" }).body.status.phase, "Running");
});

test("a container that writes more than its limit of the disk is evicted with its pod, whatever it writes to", () => {
  const { lab, exec, run } = stageWith(10);
  const limited = (name: string, ...limits: readonly string[]) => {
    const container = {
      image: "busybox",
      command: ["sleep", "100000"],
      volumeMounts: [{ name: "v", mountPath: "/v" }],
    };
    const containers = limits.map((limit, index) => ({
      ...container,
      ...{ name: `c${index}`, resources: { limits: { "ephemeral-storage": limit } } },
    }));
    run(podNamed(name, { containers, volumes: [{ name: "v", emptyDir: {} }] }));
  };
  const outcome = (name: string) => {
    const { status } = lab.call("get", "pods", { ...inDefault, name }).body;
    return [status.phase, status.reason, status.message];
  };
  for (const name of ["alone", "beside", "shared", "within"])
    limited(name, "5Mi", ...(name === "beside" ? ["9Mi"] : []));
  const write = (name: string, path: string, mebibytes: number) =>
    exec(name, `head -c ${mebibytes * 2 ** 20} /dev/zero > ${path}`);
  write("alone", "/x", 6);
  write("beside", "/x", 6);
  write("shared", "/v/x", 6);
  write("within", "/x", 4);
  lab.simulation.advance(15_000);
  const whole = "Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ";
  const own = 'Container c0 exceeded its local ephemeral storage limit "5Mi". ';
  assert.deepEqual(outcome("alone"), ["Failed", "Evicted", whole]);
  assert.deepEqual(outcome("beside"), ["Failed", "Evicted", own]);
  assert.deepEqual(outcome("shared"), ["Failed", "Evicted", whole]);
  assert.deepEqual(outcome("within"), ["Running", undefined, undefined]);
});
