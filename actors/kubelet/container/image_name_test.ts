import { assert, test } from "../../../properties/house/test.ts";
import { imageNameError } from "./image_name.ts";

const hex = "0123456789abcdef".repeat(4);

test("imageNameError() takes what container tools take", () => {
  for (const image of [
    "nginx",
    "nginx:1.27",
    "shop/cart:2",
    "localhost:5000/shop/cart:v1.2_x",
    "registry.k8s.io/pause:3.10",
    `ghcr.io/a/b__c.d-e@sha256:${hex}`,
    `a/b:1@sha256:${hex}`,
    "[::1]:5000/a",
  ]) {
    assert.equal(imageNameError(image), undefined, image);
  }
});

test("imageNameError() says why a text is no image's name", () => {
  const cases: [string, string][] = [
    ["", "invalid reference format"],
    [":1", "invalid reference format"],
    ["nginx:1:2", "invalid reference format"],
    ["nginx:", "invalid reference format"],
    ["a b", "invalid reference format"],
    ["https://nginx", "invalid reference format"],
    ["a/b/", "invalid reference format"],
    ["-a", "invalid reference format"],
    ["Nginx:1", "invalid reference format: repository name (library/Nginx) must be lowercase"],
    ["shop/Cart:1", "invalid reference format: repository name (shop/Cart) must be lowercase"],
    [hex, `invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`],
    [`a${"b".repeat(260)}`, "repository name must not be more than 255 characters"],
  ];
  for (const [image, error] of cases) assert.equal(imageNameError(image), error, image);
});
