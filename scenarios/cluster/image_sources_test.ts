import type { FoundImage } from "../../actors/cri/modules/image_catalogue.ts";
import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";
import { assert, test } from "../../properties/house/test.ts";
import { imageSources } from "./image_sources.ts";

const refusal = (code: "notFound" | "broken", message: string): FoundImage => ({ ok: false, code, message });
const image = (ref: string) => ({ ok: true, full: ref, ref, bundle: {} }) as unknown as FoundImage;

const folder = (images: Readonly<Record<string, FoundImage>>): ModuleImages => ({
  isVirtual: true,
  find: (reference, done) => done(images[reference]),
  runner: () => assert.fail("nothing is run here"),
});

test("imageSources() gives the first folder's image, and passes over a folder that has none of that name", () => {
  const own = folder({
    "hello:1": image("own"),
    "shop/cart": refusal("notFound", "own"),
    bad: refusal("broken", "own"),
  });
  const shipped = folder({ "hello:1": image("shipped"), "shop/cart": image("shipped"), bad: image("shipped") });
  const found = (reference: string) => {
    const seen: unknown[] = [];
    imageSources([own, shipped]).find(reference, (each) => seen.push(each));
    assert.equal(seen.length, 1);
    return seen[0];
  };
  assert.deepEqual(found("hello:1"), image("own"));
  assert.deepEqual(found("shop/cart"), image("shipped"));
  assert.deepEqual(found("bad"), refusal("broken", "own"), "one's own that is broken is told, not replaced");
  assert.equal(found("nginx"), undefined, "nobody speaks for it: it is played");
});

test("imageSources() refuses in the first folder's words what no folder has", () => {
  const sources = imageSources([
    folder({}),
    folder({ "shop/none": refusal("notFound", "second") }),
    folder({ "shop/none": refusal("notFound", "third") }),
  ]);
  let seen: unknown;
  sources.find("shop/none", (found) => {
    seen = found;
  });
  assert.deepEqual(seen, refusal("notFound", "second"));
});
