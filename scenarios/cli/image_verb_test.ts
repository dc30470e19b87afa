import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, test } from "../../properties/house/test.ts";
import { captureLine as run } from "../../properties/stages/cli/capture_line.ts";

test("troupe image list shows the images of a folder, as a table and as data", async () => {
  const own = await run("image", "list");
  assert.deepEqual([own.code, own.stderr], [0, ""]);
  assert.match(own.stdout, /^NAME +TAG +DIGEST +SIZE\n/);
  assert.match(own.stdout, /\n\nPlayed, with any tag and from any registry:\nagnhost +what its subcommand says/);
  assert.match(own.stdout, /^hello +1 +[0-9a-f]{12} +\d+B|[\d.]+kB$/m);

  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-images-"));
  try {
    assert.equal((await run("image", "list", folder)).stdout, "No images found\n");
    await writeFile(join(folder, "web.ts"), "export default { fetch: () => new Response() };");
    await writeFile(join(folder, "bad.ts"), "export const handler = 1;");
    const { code, stdout, stderr } = await run("image", "list", folder, "--json");
    assert.equal(code, 1);
    const { images } = JSON.parse(stdout);
    assert.deepEqual(
      images.map(({ name, tag, error }: Record<string, string>) => [name, tag, error?.split(":")[0]]),
      [
        ["bad", "1", "has no handler"],
        ["web", "1", undefined],
      ],
    );
    assert.match(images[1].digest, /^sha256:[0-9a-f]{64}$/);
    assert.equal(stderr, `Cannot use image "bad:1": module ${join(folder, "bad.ts")} ${images[0].error}\n`);
    assert.match((await run("image", "list", folder)).stdout, /^bad +1 +<none> +<none>$/m);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("troupe image list takes a folder as it is seen from where it is called", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-images-"));
  try {
    await writeFile(join(folder, "web.ts"), "export default { fetch: () => new Response() };");
    const troupe = fileURLToPath(new URL("./troupe.mjs", import.meta.url));
    const args = [troupe, "image", "list", "."];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    assert.match(stdout, /^web +1 +[0-9a-f]{12} /m);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("troupe image refuses folders that are none and actions that it has not, with one line and exit code 2", async () => {
  const refusals: [string[], RegExp][] = [
    [["image", "list", "/not/there"], /^Cannot list images of "\/not\/there": there is no such folder\n$/],
    [["image", "list", import.meta.filename], /^Cannot list images of .*: it is a file, name its folder\n$/],
    [["image", "paint"], /^Cannot paint images: there is no such action, use list, build or push\n$/],
    [["image"], /missing required argument 'action'/],
  ];
  for (const [line, expected] of refusals) {
    const { code, stdout, stderr } = await run(...line);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, expected);
  }
});
