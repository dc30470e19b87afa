import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, test } from "../../../properties/house/test.ts";
import type { FoundImage } from "./image_catalogue.ts";
import type { FoundLayers } from "./module_images.ts";
import { moduleTypes, withRegistry } from "./registry_images.ts";

test("withRegistry() keeps so much of the codes that it fetched and no more, and reads none that is too long", async () => {
  const asked: string[] = [];
  const blobs = new Map<string, Buffer>();
  const put = (bytes: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    blobs.set(digest, bytes);
    return digest;
  };
  const config = put(Buffer.from(JSON.stringify({ builtins: [] })));
  const codeOf = (name: string) => put(Buffer.alloc(name === "long" ? 70_000_000 : 30_000_000, name));
  const server = createServer(({ url = "" }, response) => {
    const [, , name = "", what, which = ""] = url.split("/");
    if (what === "blobs" && which !== config) asked.push(name);
    const layers = [{ mediaType: moduleTypes.code, digest: what === "manifests" ? codeOf(name) : "" }];
    const manifest = JSON.stringify({ config: { mediaType: moduleTypes.config, digest: config }, layers });
    const bytes = what === "manifests" ? Buffer.from(manifest) : (blobs.get(which) ?? assert.fail(url));
    // In pieces: its length is not said.
    response.write(bytes.subarray(0, 1));
    response.end(bytes.subarray(1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const images = withRegistry(
    { isVirtual: false, find: () => {}, runner: () => assert.fail("nothing runs") },
    registry,
  );
  const pull = (name: string) =>
    new Promise<FoundImage | FoundLayers | undefined>((resolve) => images.find(`${registry}/${name}:1`, resolve));
  try {
    for (const name of ["a", "b", "a", "c", "a", "b"]) assert.ok((await pull(name))?.ok, name);
    assert.deepEqual(asked, ["a", "b", "c", "b"]);
    const found = await pull("long");
    assert.match(found?.ok === false ? found.message : "", /is too large$/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
