import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import type { ImageListed } from "../../cri/messages.ts";
import { bytesToFree, chooseImages, type ImageSeen, lookAtImages } from "./image_choice.ts";

const minuteMs = 60_000;
const never = Number.NEGATIVE_INFINITY;
const listed = (id: string, sizeBytes: number, more: Partial<ImageListed> = {}): ImageListed => {
  return { id, repoTags: [`${id}:1`], repoDigests: [`${id}@sha256:1`], sizeBytes, ...more };
};

test("bytesToFree() wants a fifth of the disk free as soon as 85 hundredths of it are used", () => {
  assert.deepEqual([bytesToFree(84, 100), bytesToFree(85, 100), bytesToFree(100, 100)], [0, 5, 20]);
  // More than there is counts as all of it.
  assert.equal(bytesToFree(500, 100), 20);
});

test("chooseImages() takes the one that was used the longest ago, and none that has just come, is used or is pinned", () => {
  const nowMs = 10 * minuteMs;
  const seen = new Map<string, ImageSeen>([
    ["used", { firstMs: 0, usedMs: nowMs }],
    ["old", { firstMs: 0, usedMs: minuteMs }],
    ["older", { firstMs: 0, usedMs: never }],
    ["oldest", { firstMs: -1, usedMs: never }],
    ["new", { firstMs: nowMs - 2 * minuteMs + 1, usedMs: never }],
    ["pinned", { firstMs: 0, usedMs: never }],
  ]);
  const images = [...seen.keys()].map((id) => listed(id, 10, id === "pinned" ? { isPinned: true } : {}));
  const chosen = (bytes: number) => {
    const { images: gone, bytes: freed } = chooseImages(images, seen, { bytes, nowMs });
    return [...gone.map(({ id }) => id), freed];
  };
  assert.deepEqual(chosen(1), ["oldest", 10]);
  assert.deepEqual(chosen(11), ["oldest", "older", 20]);
  assert.deepEqual(chosen(1_000), ["oldest", "older", "old", 30]);
});

const image = fc.record({ id: fc.nat(9).map((n) => `i${n}`), size: fc.nat(100), isUsed: fc.boolean() });

property(
  "an image that a container has, by whichever of its names, is never chosen, and no more goes than has to",
  [fc.uniqueArray(image, { selector: ({ id }) => id }), fc.nat(400), fc.constantFrom("id", "tag", "digest")],
  (all, bytes, by) => {
    const images = all.map(({ id, size }) => listed(id, size));
    const nameOf = (id: string) => (by === "id" ? id : by === "tag" ? `${id}:1` : `${id}@sha256:1`);
    const used = new Set(all.flatMap(({ id, isUsed }) => (isUsed ? [nameOf(id)] : [])));
    const first = lookAtImages(new Map(), { images, used: new Set(), nowMs: 0 });
    const nowMs = 5 * minuteMs;
    const chosen = chooseImages(images, lookAtImages(first, { images, used, nowMs }), { bytes, nowMs });
    const gone = new Set(chosen.images.map(({ id }) => id));
    assert.ok(all.every(({ id, isUsed }) => !(isUsed && gone.has(id))));
    const last = chosen.images.at(-1);
    assert.ok(last === undefined || chosen.bytes - last.sizeBytes < bytes);
  },
);

const megabyte = 1_000_000;
const images = { small: { sizeBytes: 9 * megabyte }, large: { sizeBytes: 300 * megabyte } };

test("a kubelet whose disk is nearly full of images removes those that nobody has, and its node says so", () => {
  const computer = emptyScript();
  const stage = kubeletStage({ computer, images, input: { capacity: { "ephemeral-storage": "366M" } } });
  const sizes = () => stage.node()?.status.images?.map(({ sizeBytes }) => sizeBytes);
  const reasons = () => stage.events().filter(({ involvedObject }) => involvedObject.kind === "Node");
  for (const name of ["small", "large"]) {
    stage.createPod(name, { containers: [{ name: "c", image: `${name}:1` }] });
    assert.ok(stage.until(() => stage.pod(name)?.status.phase === "Running"));
  }
  stage.simulation.advance(6 * minuteMs);
  assert.deepEqual(sizes(), [300 * megabyte, 9 * megabyte]);
  const failure = reasons().find(({ reason }) => reason === "FreeDiskSpaceFailed");
  assert.equal(
    failure?.message,
    "Failed to garbage collect required amount of images. Attempted to free 16200000 bytes, but only found 0 bytes eligible to free.",
  );
  stage.deletePod("large", 0);
  stage.simulation.advance(11 * minuteMs);
  assert.deepEqual(sizes(), [9 * megabyte]);
  // What is wanted again is pulled again.
  stage.createPod("again", { containers: [{ name: "c", image: "large:1" }] });
  assert.ok(stage.until(() => stage.pod("again")?.status.phase === "Running"));

  computer.refusal = { code: "UNKNOWN", message: "the disk is out of sorts" };
  stage.simulation.advance(11 * minuteMs);
  assert.equal(reasons().find(({ reason }) => reason === "ImageGCFailed")?.message, "the disk is out of sorts");
});
