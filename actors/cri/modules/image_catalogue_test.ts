import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import { readImages } from "./image_catalogue.ts";
import { imageErrors } from "./image_errors.ts";

const handler = (text: string) => `export default { fetch: () => new Response(${JSON.stringify(text)}) };\n`;

let catalogues = 0;

async function catalogue(files: Readonly<Record<string, string>>) {
  // The same texts have the same paths each time: what is cached by path does not pile up.
  const key = createHash("sha256")
    .update(JSON.stringify([++catalogues, files]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(tmpdir(), `kubetroupe-catalogue-${key}`);
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await readImages(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("readImages() names and tags modules by their paths, and leaves out what is none", async () => {
  const { images } = await catalogue({
    "hello.ts": handler("a"),
    "web/2.ts": handler("b"),
    "web/10.mjs": handler("c"),
    "web.ts": handler("d"),
    "shop/cart_store.ts": handler("e"),
    "shop/_prices.ts": "export const prices = [];",
    "hello_test.ts": "",
    "types.d.ts": "",
    "notes.md": "",
    "testing/lab.ts": "",
  });
  assert.deepEqual(
    images.map(({ name, tag }) => `${name}:${tag}`),
    ["hello:1", "shop/cart-store:1", "web:1", "web:2", "web:10"],
  );
});

test("readImages() finds images as pods name them", async () => {
  const found = await catalogue({ "web/2.ts": handler("b"), "web/10.ts": handler("c"), "shop/cart.ts": handler("d") });
  const digestOf = (reference: string) => {
    const image = found.find(reference);
    return image.ok ? image.bundle.digest : image.message;
  };
  const [cart = "", two = "", ten = ""] = found.images.map(({ bundle }) => bundle?.digest);
  assert.match(two, /^sha256:[0-9a-f]{64}$/);
  assert.equal(new Set([cart, two, ten]).size, 3);
  assert.equal(digestOf("web:2"), two);
  assert.equal(digestOf("docker.io/library/web:2"), two);
  assert.equal(digestOf(`web@${two}`), two);
  assert.equal(digestOf("web"), ten);
  assert.equal(digestOf("web:latest"), ten);
  assert.equal(digestOf("shop/cart:1"), cart);
  const image = found.find("web:2");
  assert.ok(image.ok);
  assert.deepEqual([image.full, image.ref], ["docker.io/library/web:2", `docker.io/library/web@${two}`]);
});

test("an image's digest is that of its content, wherever it lies", async () => {
  const text = `import { part } from "./_part.ts"; ${handler("x").replace('"x"', "part")}`;
  const files = (part: string) => ({
    "a.ts": text,
    "b/2.ts": handler("y"),
    "_part.ts": `export const part = "${part}";`,
  });
  const digests = async (part: string) => (await catalogue(files(part))).images.map(({ bundle }) => bundle?.digest);
  const first = await digests("one");
  assert.deepEqual(await digests("one"), first);
  const changed = await digests("two");
  assert.notEqual(changed[0], first[0]);
  assert.equal(changed[1], first[1]);
});

test("readImages() says of images why they cannot be used", async () => {
  const found = await catalogue({
    "none.ts": "export const fetch = 1;",
    "syntax.ts": "export default {\n  fetch( {\n};",
    "lost.ts": `import "./not_there.ts"; export default {};`,
  });
  const messageOf = (reference: string) => {
    const image = found.find(reference);
    return image.ok ? "" : `${image.code}: ${image.message}`;
  };
  const pull = (full: string) => `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`;
  assert.equal(
    messageOf("none:1"),
    `noHandler: ${pull("docker.io/library/none:1")}: module ${imageErrors.noHandler}: export default { fetch(request, env) { ... } }`,
  );
  assert.match(messageOf("syntax:1"), /^broken: .*: module cannot be built: .*\(syntax\.ts:3\)$/);
  assert.match(messageOf("lost:1"), /^broken: .*: module cannot be built: Could not resolve "\.\/not_there\.ts"/);
  assert.equal(
    messageOf("gone:1"),
    `notFound: ${pull("docker.io/library/gone:1")}: docker.io/library/gone:1: not found`,
  );
  assert.equal(messageOf("Not an image"), 'invalidName: failed to parse reference "Not an image": invalid image name');
  assert.match(messageOf(""), /^invalidName/);
  assert.match(messageOf("web:"), /^invalidName/);
});

test("readImages() reads the images that come with the project", async () => {
  const { images } = await readImages(new URL("../../../scenarios/images", import.meta.url).pathname);
  assert.deepEqual(
    images.filter(({ error }) => error),
    [],
  );
  assert.ok(images.some(({ name }) => name === "hello"));
});
