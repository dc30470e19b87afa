import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import type { DeviceContext } from "../../runtime/devices/device.ts";
import { manifestFolders } from "./manifests_device.ts";
import type { ManifestsAnswer } from "./messages.ts";

const web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}\n";

/** The device of one computer over a folder of its own, and who waits until it tells that something is another. */
async function withDevice(body: (stage: Stage) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-manifests-"));
  let tell = () => {};
  const context = {
    after: (_delayMs: number, then: () => void) => setImmediate(then),
    push: () => tell(),
  } as unknown as DeviceContext;
  const device = manifestFolders(folder).open(context);
  const read = () =>
    new Promise<ManifestsAnswer>((resolve) => {
      device.request(
        { op: "ReadManifests", node: "node-0" },
        (answer) => resolve(answer as ManifestsAnswer),
        undefined,
      );
    });
  const told = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  try {
    await body({ folder, read, told });
  } finally {
    device.close(false);
    await rm(folder, { recursive: true });
  }
}

interface Stage {
  readonly folder: string;
  read(): Promise<ManifestsAnswer>;
  told(): Promise<void>;
}

function summaryOf(answer: ManifestsAnswer) {
  if (!answer.ok) return answer.failure;
  return answer.value.map(({ file, pod }) => [file, pod.ok ? pod.value.metadata.name : pod.failure]);
}

test("manifestFolders() reads the files of a node's folder in order, without those that begin with a dot", async () => {
  await withDevice(async ({ folder, read }) => {
    assert.deepEqual(summaryOf(await read()), [], "there is no folder yet");
    await mkdir(join(folder, "node-0", "sub"), { recursive: true });
    await writeFile(join(folder, "node-0", "web.yaml"), web);
    await writeFile(join(folder, "node-0", ".web.yaml.swp"), "x");
    await writeFile(join(folder, "node-0", "a.json"), "{}");
    assert.deepEqual(summaryOf(await read()), [
      ["a.json", "Object 'Kind' is missing in '{}'"],
      ["sub", "it is a directory, not recursing into it"],
      ["web.yaml", "web"],
    ]);
  });
});

test("manifestFolders() says why a folder cannot be read", async () => {
  await withDevice(async ({ folder, read }) => {
    await writeFile(join(folder, "node-0"), "no folder");
    assert.match(String(summaryOf(await read())), /ENOTDIR/);
  });
});

test("manifestFolders() tells when a folder comes to be, and when a file in it changes", async () => {
  await withDevice(async ({ folder, read, told }) => {
    await read();
    const made = told();
    await mkdir(join(folder, "node-0"));
    await made;
    await read();
    const written = told();
    await writeFile(join(folder, "node-0", "web.yaml"), web);
    await written;
    assert.deepEqual(summaryOf(await read()), [["web.yaml", "web"]]);
  });
});
