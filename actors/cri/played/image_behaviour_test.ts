import { assert, test } from "../../../properties/house/test.ts";
import { imageBehaviour, imageSize } from "./image_behaviour.ts";

test("at a real cluster's speed pulls take their size's time, and what a catalogue says of an image still holds", () => {
  const images = { "slow:1": { pullMs: 5 } };
  assert.equal(imageBehaviour({ images }, "nginx").pullMs, undefined);
  const real = { images, speed: "real" } as const;
  const { pullMs, startMs } = imageBehaviour(real, "nginx:1.27");
  assert.deepEqual([pullMs, startMs], [4_500, 700]);
  assert.deepEqual([imageBehaviour(real, "slow:1").pullMs, imageBehaviour(real, "slow:1").startMs], [5, 700]);
  const { pullMs: drawn = 0 } = imageBehaviour(real, "anything");
  assert.equal(drawn, 900 + Math.round(imageSize(real, "anything") / 20_000));
  assert.equal(imageBehaviour(real, "missing/x").missing, true);
});

test("imageBehaviour() has no image whose name or tag says that it does not exist, unless a catalogue lists it", () => {
  const images = { "listed:404": {} };
  const isMissing = (image: string) => imageBehaviour({ images }, image).missing === true;
  for (const image of ["foo:non-existent", "acme/app:nonexistent", "nginx:does-not-exist", "web:404", "web:not-found"])
    assert.equal(isMissing(image), true, image);
  for (const image of ["non-existing-repo/non-existing-image:example", "acme/nonexistent", "does-not-exist-web:1"])
    assert.equal(isMissing(image), true, image);
  for (const image of [
    "listed:404",
    "acme/404:1",
    "acme/app:4040",
    "acme/not-found",
    "web:404-page",
    "acme/nonexistential",
  ])
    assert.equal(isMissing(image), false, image);
});
