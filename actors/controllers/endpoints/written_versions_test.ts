import { assert, test } from "../../../properties/house/test.ts";
import { createWrittenVersions } from "./written_versions.ts";

const slice = (name: string) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, namespace: "shop", resourceVersion: "7" },
});

test("a write is waited for until it shows, for half a minute at most", () => {
  const written = createWrittenVersions();
  written.wrote(slice("web-a"), 0);
  assert.equal(written.staleForMs(slice("web-a"), 29_999), 1_000);
  assert.equal(written.staleForMs(slice("web-a"), 30_000), undefined);
  written.wrote(slice("web-a"), 40_000);
  const { metadata } = slice("web-a");
  const newer = { ...slice("web-a"), metadata: { ...metadata, resourceVersion: "8" } };
  assert.equal(written.staleForMs(newer, 40_001), undefined);
});

test("objects that are gone are not remembered for ever", () => {
  const written = createWrittenVersions();
  for (let index = 0; index < 1_000; index++) {
    written.wrote(slice("web-a"), index * 1_000);
    written.wrote(slice(`gone-${index}`), index * 1_000);
  }
  assert.equal(written.size, 31);
  assert.equal(written.staleForMs(slice("web-a"), 999_500), 1_000);
});
