import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress, emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import { imageNameOf } from "../../cri/image_name.ts";
import { imagesSaid } from "./node_images.ts";

const megabyte = 1_000_000;
const images = {
  small: { sizeBytes: 9 * megabyte },
  large: { sizeBytes: 300 * megabyte },
  late: { sizeBytes: megabyte },
};
const said = (image: keyof typeof images) => {
  const { ref, full } = imageNameOf(`${image}:1`);
  return { names: [ref, full], sizeBytes: images[image].sizeBytes };
};

function createPod(stage: KubeletStage, name: string, ...wanted: readonly string[]): void {
  stage.createPod(name, { containers: wanted.map((image, index) => ({ name: `c${index}`, image })) });
  assert.ok(stage.until(() => stage.pod(name)?.status.phase === "Running"));
}

/** Heartbeats are leases: the node itself is written when something of its status is new. */
const statusWrites = (stage: KubeletStage) =>
  stage.api.writes.filter(({ verb, resource }) => verb === "patch" && resource === "nodes").length;

test("imagesSaid() tells of the fifty largest, the largest first, with five names at most, digests before tags", () => {
  const listed = Array.from({ length: 60 }, (_each, index) => ({
    ...{
      id: `sha256:${index + 10}`,
      repoDigests: [`a@sha256:${index}`],
      repoTags: ["a:1", "a:2", "a:3", "a:4", "a:5"],
    },
    sizeBytes: Math.min(index, 58),
  }));
  const found = imagesSaid(listed);
  const names = (index: number) => [`a@sha256:${index}`, "a:1", "a:2", "a:3", "a:4"];
  assert.equal(found.length, 50);
  // Of two of one size the greater id leads.
  assert.deepEqual(found.slice(0, 3), [
    { names: names(59), sizeBytes: 58 },
    { names: names(58), sizeBytes: 58 },
    { names: names(57), sizeBytes: 57 },
  ]);
  assert.deepEqual(imagesSaid([{ id: "sha256:1", repoDigests: [], repoTags: [], sizeBytes: 0 }]), [{ names: [] }]);
});

test("a kubelet says which images its node has, once for all that are new, and asks no more while none is", () => {
  const computer = emptyScript();
  const stage = kubeletStage({ computer, images });
  const lists = () => computer.asked.filter(({ what }) => "op" in what && what.op === "ListImages").length;
  assert.deepEqual([stage.node()?.status.images, lists()], [undefined, 0]);
  const before = statusWrites(stage);
  createPod(stage, "both", "small:1", "large:1");
  stage.simulation.advance(25_000);
  assert.deepEqual(stage.node()?.status.images, [said("large"), said("small")]);
  assert.equal(statusWrites(stage), before + 1);

  // Neither time nor what is there already is news.
  const asked = lists();
  createPod(stage, "again", "small:1");
  stage.simulation.advance(200_000);
  assert.deepEqual([lists(), statusWrites(stage)], [asked, before + 1]);

  createPod(stage, "other", "late:1");
  stage.simulation.advance(25_000);
  assert.deepEqual(stage.node()?.status.images, [said("large"), said("small"), said("late")]);
  assert.equal(lists(), asked + 1);
});

test("a kubelet that comes back leaves what its node says of its images, and writes it again when others changed it", () => {
  const stage = kubeletStage({ images });
  createPod(stage, "one", "small:1");
  stage.simulation.advance(25_000);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  assert.ok(stage.until(() => stage.simulation.report(kubeletAddress)?.phase.startsWith("running") ?? false));
  assert.deepEqual(stage.node()?.status.images, [said("small")]);
  stage.simulation.advance(25_000);
  const patch = { verb: "patch", resource: "nodes", name: "node-1", subresource: "status" } as const;
  stage.ask({ ...patch, body: JSON.stringify({ status: { images: null } }) });
  stage.simulation.advance(15_000);
  assert.deepEqual(stage.node()?.status.images, [said("small")]);
});

test("a kubelet whose computer lost its images, as it lost its power, says so", () => {
  const stage = kubeletStage({ images });
  createPod(stage, "one", "small:1");
  stage.simulation.advance(25_000);
  assert.deepEqual(stage.node()?.status.images, [said("small")]);
  stage.deletePod("one", 0);
  stage.simulation.advance(5_000);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.crashNow(computerAddress, "for the test");
  stage.simulation.advance(60_000);
  assert.equal(stage.node()?.status.images, undefined);
});

test("a kubelet of a runtime that others use, too, asks it every half minute, and again when it could not be asked", () => {
  const computer = emptyScript();
  const stage = kubeletStage({ computer, images, input: { runtimeCheckMs: 5_000 } });
  const asks = () =>
    computer.asked.filter(({ what }) => "op" in what && what.op === "ListImages").map(({ atMs }) => atMs);
  stage.simulation.advance(100_000);
  const times = asks();
  assert.ok(times.length >= 3 && times.length <= 4, `${times}`);
  computer.refusal = { code: "UNAVAILABLE", message: "connection refused" };
  stage.simulation.advance(60_000);
  computer.refusal = undefined;
  createPod(stage, "one", "small:1");
  stage.simulation.advance(25_000);
  assert.deepEqual(stage.node()?.status.images, [said("small")]);
});
