import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { assert, test } from "../../properties/house/test.ts";
import { type ContentLimits, contentStore, digestOf } from "./content_store.ts";
import { serveRegistry } from "./registry_server.ts";
import { type IsAllowed, registryUsers } from "./registry_users.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";

interface Stage {
  readonly folder: string;
  ask(method: string, path: string, more?: { body?: string; headers?: Record<string, string> }): Promise<Response>;
  /** The status, and the codes of errors. */
  told(method: string, path: string, more?: { body?: string; headers?: Record<string, string> }): Promise<string>;
  pushBlob(name: string, text: string): Promise<string>;
}

async function withRegistry(
  body: (stage: Stage) => Promise<void>,
  { limits, isAllowed }: { readonly limits?: ContentLimits; readonly isAllowed?: IsAllowed } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-registry-"));
  const registry = await serveRegistry({
    host: "127.0.0.1",
    port: 0,
    content: contentStore(folder, limits),
    isAllowed,
  });
  const ask: Stage["ask"] = (method, path, more = {}) => {
    const url = path.startsWith("http") ? path : `http://127.0.0.1:${registry.port}${path}`;
    return fetch(url, { method, ...more });
  };
  const stage: Stage = {
    folder,
    ask,
    async told(method, path, more) {
      const response = await ask(method, path, more);
      const text = await response.text();
      const { errors = [] } = response.ok || text === "" ? {} : (JSON.parse(text) as { errors: { code: string }[] });
      return [response.status, ...errors.map(({ code }) => code)].join(" ");
    },
    async pushBlob(name, text) {
      const digest = digestOf(Buffer.from(text));
      assert.equal((await ask("POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, { body: text })).status, 201);
      return digest;
    },
  };
  try {
    await body(stage);
  } finally {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const located = (response: Response) => response.headers.get("location") ?? "";
const imageOf = (config: string, layers: readonly string[], more: object = {}) => {
  const part = (digest: string) => ({ mediaType: "application/octet-stream", digest, size: 1 });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: part(config),
    layers: layers.map(part),
    ...more,
  });
};

test("serveRegistry() takes blobs at once and in pieces, and only such as have the digest that they are said to have", () =>
  withRegistry(async ({ ask, told, pushBlob, folder }) => {
    assert.equal(await told("GET", "/v2/"), "200");
    const whole = await pushBlob("shop/cart", "whole");
    const head = await ask("HEAD", `/v2/shop/cart/blobs/${whole}`);
    assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "5", ""]);
    assert.equal(await (await ask("GET", `/v2/shop/cart/blobs/${whole}`)).text(), "whole");
    assert.equal(await told("GET", `/v2/other/blobs/${whole}`), "404 BLOB_UNKNOWN");

    const begun = await ask("POST", "/v2/shop/cart/blobs/uploads/");
    assert.deepEqual([begun.status, begun.headers.get("range")], [202, "0-0"]);
    const first = await ask("PATCH", located(begun), { body: "abc", headers: { "Content-Range": "0-2" } });
    assert.deepEqual([first.status, first.headers.get("range")], [202, "0-2"]);
    const hole = { body: "z", headers: { "Content-Range": "7-7" } };
    assert.equal(await told("PATCH", located(first), hole), "416 BLOB_UPLOAD_INVALID");
    const shown = await ask("GET", located(first));
    assert.deepEqual([shown.status, shown.headers.get("range")], [204, "0-2"]);
    const pieces = digestOf(Buffer.from("abcdef"));
    const ended = await ask("PUT", `${located(first)}?digest=${pieces}`, { body: "def" });
    assert.deepEqual([ended.status, ended.headers.get("docker-content-digest")], [201, pieces]);
    assert.equal(await (await ask("GET", located(ended))).text(), "abcdef");
    assert.equal(await told("PATCH", located(first), { body: "x" }), "404 BLOB_UPLOAD_UNKNOWN");

    const wrong = `/v2/shop/cart/blobs/uploads/?digest=${digestOf(Buffer.from("other"))}`;
    assert.equal(await told("POST", wrong, { body: "this" }), "400 DIGEST_INVALID");
    assert.equal(
      await told("POST", "/v2/shop/cart/blobs/uploads/?digest=md5:1", { body: "this" }),
      "400 DIGEST_INVALID",
    );
    const left = await ask("POST", "/v2/shop/cart/blobs/uploads/");
    assert.equal(await told("DELETE", located(left)), "204");
    assert.equal(await told("GET", located(left)), "404 BLOB_UPLOAD_UNKNOWN");
    assert.deepEqual(await readdir(join(folder, "uploads")), []);

    const mounted = await ask("POST", `/v2/other/blobs/uploads/?mount=${whole}&from=shop/cart`);
    assert.equal(mounted.status, 201);
    assert.equal((await ask("POST", `/v2/other/blobs/uploads/?mount=${whole}&from=nobody`)).status, 202);
    assert.equal(await told("DELETE", `/v2/shop/cart/blobs/${whole}`), "202");
    assert.equal(await told("GET", `/v2/shop/cart/blobs/${whole}`), "404 BLOB_UNKNOWN");
    assert.equal(await (await ask("GET", `/v2/other/blobs/${whole}`)).text(), "whole");
  }));

test("serveRegistry() has manifests by tag and digest, lists tags page by page and what refers to an image", () =>
  withRegistry(async ({ ask, told, pushBlob, folder }) => {
    const [config, layer] = [await pushBlob("web", "{}"), await pushBlob("web", "layer")];
    const put = (reference: string, body: string) =>
      ask("PUT", `/v2/web/manifests/${reference}`, { body, headers: { "Content-Type": manifestType } });
    const body = imageOf(config, [layer]);
    const digest = digestOf(Buffer.from(body));
    for (const tag of ["3", "1", "2"])
      assert.equal((await put(tag, body)).headers.get("docker-content-digest"), digest);
    for (const reference of ["1", digest]) {
      const found = await ask("GET", `/v2/web/manifests/${reference}`);
      assert.deepEqual([found.headers.get("content-type"), await found.text()], [manifestType, body]);
    }
    assert.equal(await told("HEAD", "/v2/web/manifests/none"), "404");
    assert.equal(await told("GET", "/v2/web/manifests/none"), "404 MANIFEST_UNKNOWN");

    const page = await ask("GET", "/v2/web/tags/list?n=2");
    assert.deepEqual(await page.json(), { name: "web", tags: ["1", "2"] });
    assert.equal(page.headers.get("link"), '</v2/web/tags/list?n=2&last=2>; rel="next"');
    assert.deepEqual(await (await ask("GET", "/v2/web/tags/list?n=2&last=2")).json(), { name: "web", tags: ["3"] });
    assert.equal(await told("GET", "/v2/nobody/tags/list"), "404 NAME_UNKNOWN");
    assert.deepEqual(await (await ask("GET", "/v2/_catalog")).json(), { repositories: ["web"] });

    const about = imageOf(config, [], { subject: { digest }, artifactType: "text/x", annotations: { a: "1" } });
    const signed = await put(digestOf(Buffer.from(about)), about);
    assert.deepEqual([signed.status, signed.headers.get("oci-subject")], [201, digest]);
    const referrers = async (query: string) => {
      const found = await (await ask("GET", `/v2/web/referrers/${digest}${query}`)).json();
      return (found as { manifests: { artifactType: string }[] }).manifests.map(({ artifactType }) => artifactType);
    };
    assert.deepEqual([await referrers(""), await referrers("?artifactType=text/y")], [["text/x"], []]);

    const missing = imageOf(config, [digestOf(Buffer.from("missing"))]);
    for (const [reference, given, told_] of [
      ["bad", "no json", "400 MANIFEST_INVALID"],
      ["bad", "[]", "400 MANIFEST_INVALID"],
      ["bad", '{"schemaVersion":1}', "400 MANIFEST_INVALID"],
      ["bad", missing, "404 MANIFEST_BLOB_UNKNOWN"],
      ["bad", imageOf(config, [], { layers: [null] }), "400 MANIFEST_INVALID"],
      ["bad", imageOf(config, [], { manifests: ["x"] }), "400 MANIFEST_INVALID"],
      ["bad", imageOf(config, [], { mediaType: `${manifestType}\nX-Other: 1` }), "400 MANIFEST_INVALID"],
      ["bad", imageOf(config, [], { mediaType: 5 }), "400 MANIFEST_INVALID"],
      [digest, imageOf(config, []), "400 DIGEST_INVALID"],
      ["b%21d", body, "400 MANIFEST_INVALID"],
      ["big", " ".repeat(5 * 1024 * 1024), "413 SIZE_INVALID"],
    ] as const) {
      const headers = { "Content-Type": manifestType };
      assert.equal(
        await told("PUT", `/v2/web/manifests/${reference}`, { body: given, headers }),
        told_,
        given.slice(0, 20),
      );
    }
    assert.equal(await told("GET", "/v2/Web/tags/list"), "400 NAME_INVALID");
    assert.equal(await told("POST", "/v2/web/tags/list"), "405 UNSUPPORTED");
    assert.equal(await told("POST", `/v2/${"a/".repeat(100)}a/blobs/uploads/?digest=${digest}`), "400 NAME_INVALID");
    assert.equal(await told("GET", "/v2/..%2f..%2fetc/tags/list"), "400 NAME_INVALID");
    assert.equal(await told("GET", "/v2/%ff/tags/list"), "400 NAME_INVALID");

    // Another that has the same folder has the same images.
    assert.deepEqual(await contentStore(folder).tags("web"), ["1", "2", "3"]);
    assert.equal(await told("DELETE", "/v2/web/manifests/1"), "202");
    assert.equal(await told("GET", `/v2/web/manifests/${digest}`), "200");
    assert.equal(await told("DELETE", `/v2/web/manifests/${digest}`), "202");
    assert.equal(await told("GET", "/v2/web/manifests/2"), "404 MANIFEST_UNKNOWN");
    assert.equal(await told("DELETE", `/v2/web/manifests/${digest}`), "404 MANIFEST_UNKNOWN");
  }));

test("serveRegistry() takes no more than it may, of one blob and of all, and keeps nothing of what it refuses", async () => {
  await withRegistry(
    async ({ told, pushBlob, ask, folder }) => {
      const push = (text: string) =>
        told("POST", `/v2/web/blobs/uploads/?digest=${digestOf(Buffer.from(text))}`, { body: text });
      assert.equal(await push("x".repeat(11)), "413 SIZE_INVALID");
      await pushBlob("web", "a".repeat(10));
      // What is there already takes no room.
      await pushBlob("web", "a".repeat(5));
      assert.equal(await push("b".repeat(10)), "413 SIZE_INVALID");
      assert.equal(await told("DELETE", `/v2/web/blobs/${digestOf(Buffer.from("a".repeat(10)))}`), "202");
      await pushBlob("web", "b".repeat(10));
      const uploads = [await ask("POST", "/v2/web/blobs/uploads/"), await ask("POST", "/v2/web/blobs/uploads/")];
      assert.equal(await told("POST", "/v2/web/blobs/uploads/"), "429 TOOMANYREQUESTS");
      for (const upload of uploads) await told("DELETE", located(upload));
      assert.deepEqual(await readdir(join(folder, "uploads")), []);
    },
    { limits: { blobBytesMax: 10, bytesMax: 20, uploadsMax: 2 } },
  );
});

test("registryUsers() lets in whom a file names, by words or as htpasswd -s writes them", async () => {
  const isAllowed = registryUsers("# who\njoe:secret\nann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", "users");
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const asked = ["joe:secret", "ann:secret", "joe:other", "joe:", "eve:secret", ""].map((each) =>
    isAllowed(basic(each)),
  );
  assert.deepEqual(asked, [true, true, false, false, false, false]);
  assert.equal(isAllowed(undefined), false);
  assert.throws(() => registryUsers("joe", "users"), /line 1 is no name:password/);
  assert.throws(
    () => registryUsers("joe:$2y$05$x", "users"),
    /in a form that is not known here, write it with htpasswd -s/,
  );
  await withRegistry(
    async ({ ask, told }) => {
      const refused = await ask("GET", "/v2/");
      assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, 'Basic realm="kubetroupe"']);
      assert.equal(await told("GET", "/v2/", { headers: { Authorization: basic("joe:secret") } }), "200");
    },
    { isAllowed },
  );
});

test("contentStore() drops blobs that nobody goes on with, and none that somebody is writing to, however slowly", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-registry-"));
  try {
    await mkdir(join(folder, "uploads"));
    await writeFile(join(folder, "uploads", "of-a-registry-that-was-killed"), "x");
    const content = contentStore(folder, { uploadIdleMs: -1 });
    const [idle, busy] = [content.beginUpload("web"), content.beginUpload("web")];
    assert.ok(idle && busy);
    assert.equal(content.upload(idle.id), undefined);
    const bytes = new PassThrough();
    const written = busy.append(bytes);
    content.beginUpload("web");
    bytes.end("abc");
    assert.equal(await written, "taken");
    assert.deepEqual(await readdir(join(folder, "uploads")), [busy.id]);
    const digest = digestOf(Buffer.from("abc"));
    assert.deepEqual([await busy.finish(digest), await busy.finish(digest)], [true, false]);
    assert.equal(await content.blobSize("web", digest), 3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("contentStore() keeps a blob for each repository that has it, and lists what was written as a whole", () =>
  withRegistry(async ({ ask, told, pushBlob, folder }) => {
    const [digest] = [await pushBlob("web", "shared"), await pushBlob("api", "shared")];
    // By that name it would be among all blobs that there are.
    assert.equal(await told("POST", `/v2/other/blobs/uploads/?mount=${digest}&from=..`), "202");
    assert.equal(await told("DELETE", `/v2/api/blobs/${digest}`), "202");
    assert.equal(await (await ask("GET", `/v2/web/blobs/${digest}`)).text(), "shared");
    const put = { body: imageOf(digest, []), headers: { "Content-Type": manifestType } };
    assert.equal(await told("PUT", "/v2/web/manifests/a", put), "201");
    // Another one is begun, and not written to its end.
    const inTheWay = join(folder, "repositories", "web", "tags", "b");
    await mkdir(inTheWay);
    assert.equal(await told("PUT", "/v2/web/manifests/b", put), "500 UNKNOWN");
    await rm(inTheWay, { recursive: true });
    assert.deepEqual(await (await ask("GET", "/v2/web/tags/list")).json(), { name: "web", tags: ["a"] });
  }));

test("what goes wrong in a registry is told", () =>
  withRegistry(async ({ told, folder }) => {
    await writeFile(join(folder, "blobs"), "in the way");
    const path = `/v2/web/blobs/uploads/?digest=${digestOf(Buffer.from("x"))}`;
    assert.equal(await told("POST", path, { body: "x" }), "500 UNKNOWN");
  }));

test("contentStore() lets one piece of a blob be written at a time, and forgets a blob whose writer is gone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-registry-"));
  try {
    const upload = contentStore(folder).beginUpload("web");
    assert.ok(upload);
    const slow = new PassThrough();
    const first = upload.append(slow);
    slow.write("ab");
    assert.equal(await upload.append(new PassThrough()), "busy");
    slow.end("c");
    assert.deepEqual([await first, upload.sizeBytes()], ["taken", 3]);
    const broken = new PassThrough();
    const second = upload.append(broken);
    broken.write("d");
    while (upload.sizeBytes() < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    broken.destroy(new Error("gone"));
    await assert.rejects(second, /gone/);
    assert.deepEqual(await readdir(join(folder, "uploads")), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
