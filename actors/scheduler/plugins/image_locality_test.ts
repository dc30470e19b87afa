import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, scoresOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { imageLocality } from "./image_locality.ts";

const mebibyte = 1024 * 1024;
const images = (sizeMb: number) => [{ names: ["nginx:latest", "nginx@sha256:1"], sizeBytes: sizeMb * mebibyte }];

test("imageLocality prefers nodes that have a large image, less the fewer have it", () => {
  const core = coreOf({ nodes: [{ name: "a", images: images(1000) }, { name: "b" }] });
  // Half of the nodes have it: half of 1000 MiB count, between 23 and 1000.
  assert.deepEqual(scoresOf(imageLocality, core, podOf({ name: "p" })), { a: 48, b: 0 });
  assert.deepEqual(scoresOf(imageLocality, core, podOf({ name: "p", image: "redis" })), { a: 0, b: 0 });
});

test("imageLocality forgets images of nodes that are gone", () => {
  const core = coreOf({
    nodes: [
      { name: "a", images: images(900) },
      { name: "b", images: images(900) },
    ],
  });
  core.nodeGone("b", 1);
  assert.equal(core.cache.images.nodesWith("nginx:latest"), 1);
  core.nodeGone("a", 2);
  assert.equal(core.cache.images.nodesWith("nginx:latest"), 0);
});
