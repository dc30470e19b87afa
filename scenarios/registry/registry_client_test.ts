import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, test } from "../../properties/house/test.ts";
import { registryClient } from "./registry_client.ts";

test("registryClient() reads a registry's lists to their end, and takes null for an empty one", async () => {
  const pages: Readonly<Record<string, { readonly body: object; readonly next?: string }>> = {
    "/v2/_catalog": { body: { repositories: ["a"] }, next: '</v2/_catalog?last=a&n=1>; rel="next"' },
    "/v2/_catalog?last=a&n=1": { body: { repositories: ["b"] }, next: "<_catalog?last=b>;rel=next" },
    "/v2/_catalog?last=b": { body: { repositories: ["c"] } },
    "/v2/a/tags/list": { body: { tags: ["1", "2"] } },
    "/v2/b/tags/list": { body: { tags: null } },
    "/v2/c/tags/list": { body: { tags: ["3"] } },
  };
  const server = createServer(({ url = "", method }, response) => {
    if (method === "HEAD") return void response.setHeader("Docker-Content-Digest", `sha256:${url.at(-1)}`).end();
    const { body, next } = pages[url] ?? { body: {} };
    if (next !== undefined) response.setHeader("Link", next);
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const found = await registryClient({ registry: `127.0.0.1:${port}` }).list();
    assert.deepEqual(
      found.map(({ name, tag, digest }) => `${name}:${tag} ${digest}`),
      ["a:1 sha256:1", "a:2 sha256:2", "c:3 sha256:3"],
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
