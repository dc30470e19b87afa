import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { buildImage } from "./build_image.ts";
import { imageLayout } from "./image_layout.ts";

test("buildImage() makes the same image of the same files, and reads none that no layer has room for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-build-"));
  try {
    const layout = imageLayout(join(folder, "layout"));
    const root = join(folder, "root");
    await mkdir(join(root, "bin"), { recursive: true });
    await writeFile(join(root, "bin/server"), "#!/bin/sh\n", { mode: 0o755 });
    await writeFile(join(root, "image.json"), JSON.stringify({ Cmd: ["/bin/server"] }));
    const { kind, manifest } = await buildImage(root, layout);
    // Who builds the same at once is in nobody's way.
    const others = [1, 2, 3].map((each) => imageLayout(join(folder, `other-${each % 2}`)));
    const again = await Promise.all(others.map((other) => buildImage(root, other)));
    for (const other of again) assert.deepEqual(other, { kind: "layers", manifest });
    assert.equal(kind, "layers");
    await writeFile(join(root, "huge"), "");
    await truncate(join(root, "huge"), 3 * 1024 ** 3);
    const message = `Cannot build an image of "${root}": it has more than 1 GiB`;
    await assert.rejects(buildImage(root, layout), { name: "InputError", message });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("buildImage() takes index.ts before what was made of it, and loses no names that it cannot read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-build-"));
  try {
    const layout = imageLayout(join(folder, "layout"));
    for (const [name, said] of [
      ["index.js", "made"],
      ["index.ts", "written"],
      ["index.mjs", "other"],
    ] as const)
      await writeFile(join(folder, name), `export default { fetch: () => new Response("${said}") }\n`);
    const { manifest } = await buildImage(folder, layout);
    const { layers } = JSON.parse(String(await layout.read(manifest.digest))) as { layers: { digest: string }[] };
    assert.match(String(await layout.read(layers[0]?.digest ?? "")), /"written"/);
    await mkdir(join(folder, "layout", "index.json"));
    await assert.rejects(layout.name("a", manifest), { code: "EISDIR" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
