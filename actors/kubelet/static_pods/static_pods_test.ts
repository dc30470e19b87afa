import { assert, test } from "../../../properties/house/test.ts";
import {
  clientAddress,
  type KubeletStage,
  kubeletAddress,
  kubeletStage,
} from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { KubeletData } from "../data.ts";
import type { KubeletPods } from "../messages.ts";
import { configHash, configMirror, configSource } from "./static_pod.ts";

const web = (image = "nginx:1.27", spec: object = {}) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web" },
    spec: { containers: [{ name: "web", image }], ...spec },
  });

const mirrorOf = (stage: KubeletStage) => stage.pod("web-node-1");
const running = (stage: KubeletStage) =>
  stage.runtime.inspect(computerAddress).containers.filter(({ state }) => state === "CONTAINER_RUNNING");
const isShown = (stage: KubeletStage) => mirrorOf(stage)?.status.phase === "Running";
const annotations = (pod: Frozen<Pod> | undefined) => pod?.metadata.annotations ?? {};

/** Lets a minute pass in which at no time more than one container runs. */
function minuteOfOne(stage: KubeletStage): void {
  for (let look = 0; look < 600; look++) {
    stage.simulation.advance(100);
    assert.ok(running(stage).length <= 1, "two run at once");
  }
}

test("a kubelet runs the pod of a manifest and shows it in the API by a mirror", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  assert.ok(stage.until(() => isShown(stage)));
  const mirror = mirrorOf(stage) ?? assert.fail("no mirror");
  const { [configHash]: hash, [configMirror]: shown, [configSource]: source } = annotations(mirror);
  assert.deepEqual([shown, source], [hash, "file"]);
  assert.equal(mirror.metadata.ownerReferences?.[0]?.uid, stage.node()?.metadata.uid);
  assert.notEqual(mirror.metadata.uid, hash);
  const [container] = running(stage);
  assert.equal(mirror.status.containerStatuses?.[0]?.containerID, `containerd://${container?.container}`);
  assert.ok(
    stage.until(() =>
      stage.events().some(({ reason, involvedObject }) => reason === "Started" && involvedObject.uid === hash),
    ),
  );
});

test("a kubelet runs its static pods without any API server, and shows them when there is one", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.until(() => isShown(stage));
  const [before] = running(stage);
  const heal = stage.cutOff();
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.crashNow(computerAddress, "for the test");
  assert.ok(stage.until(() => running(stage).length === 1 && running(stage)[0]?.container !== before?.container));
  assert.equal(stage.simulation.report(kubeletAddress)?.phase, "registering");
  // What exits is run again, too.
  const [container] = running(stage);
  heal();
  const isCounted = () =>
    mirrorOf(stage)?.status.containerStatuses?.[0]?.containerID === `containerd://${container?.container}`;
  assert.ok(stage.until(isCounted));
  assert.equal(mirrorOf(stage)?.status.containerStatuses?.[0]?.restartCount, 1, "the run before is not forgotten");
});

test("who deletes a mirror deletes no pod: the kubelet makes another", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.until(() => isShown(stage));
  const [first, [container]] = [mirrorOf(stage), running(stage)];
  for (const grace of [30, 0]) {
    const before = mirrorOf(stage)?.metadata.uid;
    stage.deletePod("web-node-1", grace);
    assert.ok(
      stage.until(() => isShown(stage) && mirrorOf(stage)?.metadata.uid !== before),
      `grace ${grace}`,
    );
  }
  stage.simulation.advance(60_000);
  assert.deepEqual(running(stage), [container]);
  assert.equal(annotations(mirrorOf(stage))[configHash], annotations(first)[configHash]);
});

test("another manifest of a name runs when the pod of the one before has ended, and its mirror is another", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() }, images: { nginx: { stopMs: 3_000 } } });
  stage.until(() => isShown(stage));
  const before = mirrorOf(stage);
  stage.manifests.write("node-1", "web.yaml", web("nginx:1.28"));
  minuteOfOne(stage);
  assert.deepEqual(
    running(stage).map(({ image }) => image),
    ["docker.io/library/nginx:1.28"],
  );
  const after = mirrorOf(stage);
  assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  assert.equal(after?.spec.containers[0]?.image, "nginx:1.28");
  assert.ok(isShown(stage));
});

test("a static pod ends when its manifest goes, and its mirror with it, also where no kubelet saw that", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.until(() => isShown(stage));
  stage.manifests.remove("node-1", "web.yaml");
  assert.ok(stage.until(() => mirrorOf(stage) === undefined && running(stage).length === 0));
  stage.manifests.write("node-1", "web.yaml", web());
  assert.ok(stage.until(() => isShown(stage)));
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.manifests.remove("node-1", "web.yaml");
  assert.ok(stage.until(() => mirrorOf(stage) === undefined && running(stage).length === 0));
});

test("a manifest that is taken away and put back runs once more, after what ran has ended", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() }, images: { nginx: { stopMs: 3_000 } } });
  stage.until(() => isShown(stage));
  const [before] = running(stage);
  stage.manifests.remove("node-1", "web.yaml");
  stage.simulation.advance(1_000);
  stage.manifests.write("node-1", "web.yaml", web());
  minuteOfOne(stage);
  assert.equal(running(stage).length, 1);
  assert.notEqual(running(stage)[0]?.container, before?.container);
  assert.ok(isShown(stage));
});

test("a kubelet that restarts leaves its static pods running, and ends nothing that is one", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.until(() => isShown(stage));
  stage.simulation.advance(5_000);
  const [mirror, [container]] = [mirrorOf(stage), running(stage)];
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(60_000);
  assert.deepEqual(running(stage), [container]);
  assert.deepEqual(mirrorOf(stage), mirror);
});

test("a file that is of no pod is told of, and the pods of others run", () => {
  const stage = kubeletStage({ manifests: { "a.yaml": "kind: [", "web.yaml": web(), ".web.yaml.swp": "x" } });
  assert.ok(stage.until(() => isShown(stage)));
  stage.simulation.advance(60_000);
  const { staticPods } = stage.simulation.dataOf(kubeletAddress) as KubeletData;
  assert.deepEqual(
    [...staticPods.told.values()].map((text) => text.replace(/\(.*\)/, "(…)")),
    ["Could not process manifest file a.yaml: couldn't parse as pod(…), please check config file"],
  );
  // A manifest that is broken while its pod runs is of no pod any more.
  stage.manifests.write("node-1", "web.yaml", "kind: Pod");
  assert.ok(stage.until(() => running(stage).length === 0 && mirrorOf(stage) === undefined));
});

test("a static pod that has run out is not run again by the next kubelet", () => {
  const images = { job: { exitAfterMs: 1_000, exitCode: 0 } };
  const stage = kubeletStage({ manifests: { "web.yaml": web("job:1", { restartPolicy: "Never" }) }, images });
  assert.ok(stage.until(() => mirrorOf(stage)?.status.phase === "Succeeded"));
  const made = stage.runtime.inspect(computerAddress);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(60_000);
  assert.deepEqual(stage.runtime.inspect(computerAddress), made);
  assert.equal(mirrorOf(stage)?.status.phase, "Succeeded");
});

test("a mirror that shows nothing is taken away, and so is one that somebody else made", () => {
  const stage = kubeletStage({ manifests: {} });
  stage.createPod("ghost", { containers: [{ name: "c", image: "nginx" }] }, { annotations: { [configMirror]: "x" } });
  assert.ok(stage.until(() => stage.pod("ghost") === undefined));
  assert.equal(running(stage).length, 0);
});

test("a kubelet's /pods shows what it runs, by the uids that it runs it by, and no mirrors", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.createPod("other", { containers: [{ name: "c", image: "nginx" }] });
  stage.until(() => isShown(stage) && stage.pod("other")?.status.phase === "Running");
  const heal = stage.cutOff();
  const answer = stage.simulation.askNow(kubeletAddress, { type: "kubelet.pods" }, 1_000) as KubeletPods;
  heal();
  const found = new Map((JSON.parse(answer.list).items as Pod[]).map((each) => [each.metadata.name, each]));
  assert.deepEqual([...found.keys()].sort(), ["other", "web-node-1"]);
  const own = found.get("web-node-1");
  assert.equal(own?.metadata.uid, annotations(mirrorOf(stage))[configHash]);
  assert.equal(annotations(own)[configMirror], undefined);
  assert.equal(own?.status.phase, "Running");
  assert.equal(annotations(found.get("other"))[configSource], "api");
  assert.equal(answer.staticPodPath, "/etc/kubernetes/manifests");
});

test("logs of a mirror are those of the pod that it shows", () => {
  const stage = kubeletStage({ manifests: { "web.yaml": web() } });
  stage.until(() => isShown(stage));
  const target = {
    namespace: "default",
    pod: "web-node-1",
    uid: mirrorOf(stage)?.metadata.uid ?? "",
    container: "web",
  };
  const purpose = { kind: "logs", ...target, follow: false, previous: false, timestamps: false } as never;
  stage.simulation.send(clientAddress, { type: "test.open", to: kubeletAddress, stream: 1, purpose } as never);
  assert.ok(stage.until(() => stage.client().seen.get(1)?.answer !== undefined));
  assert.deepEqual(stage.client().seen.get(1)?.answer, { ok: true });
});
