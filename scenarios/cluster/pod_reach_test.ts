import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { machineResolvers, podReach } from "./pod_reach.ts";

test("podReach() names what real pods reach: Services, the pods and addresses of all nodes, the machine's API servers", () => {
  const door = { ip: "127.0.0.1", port: 6443 };
  const own = podReach({ nodes: 1, controlPlanes: 1, stores: 1, apiservers: 1, serviceCidr: "10.7.0.0/16" }, door);
  assert.deepEqual(own, {
    services: "10.7.0.0/16",
    ranges: ["10.244.0.0/24", "192.168.0.1/32", "10.244.1.0/24", "192.168.0.2/32"],
    api: { at: { ip: "10.7.0.1", port: 443 }, door },
  });
  assert.equal("api" in podReach({ nodes: 1, stores: 1, apiservers: 1 }, undefined), false);
});

test("machineResolvers() reads three servers at most, those of IPv4, and none where there is no such file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-resolvers-"));
  try {
    const path = join(folder, "resolv.conf");
    const servers = ["10.0.0.2", "fe80::1%eth0", "127.0.0.53", "1.1.1.1", "8.8.8.8"];
    await writeFile(path, `# a comment\nsearch lan\n${servers.map((each) => `nameserver ${each}\n`).join("")}`);
    const found = await machineResolvers(path);
    assert.deepEqual(
      found.map(({ host, port }) => `${host}:${port}`),
      ["10.0.0.2:53", "127.0.0.53:53", "1.1.1.1:53"],
    );
    assert.deepEqual(await machineResolvers(join(folder, "missing")), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
