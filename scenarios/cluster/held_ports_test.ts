import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";
import { holdPorts, steadyPort } from "./held_ports.ts";

const host = "127.0.0.1";

test("steadyPort() draws none that the system deals out, and none that Services open", async () => {
  const text = await readFile("/proc/sys/net/ipv4/ip_local_port_range", "utf8").catch(() => "32768 65535");
  const [least = 0, most = 0] = text.trim().split(/\s+/).map(Number);
  const drawn = Array.from({ length: 1_000 }, steadyPort);
  assert.deepEqual(
    drawn.filter((port) => (port >= least && port <= most) || (port >= 30_000 && port <= 32_767)),
    [],
  );
});

test("holdPorts() gives no port twice while it is held", async () => {
  await using first = await holdPorts(host, 50);
  await using second = await holdPorts(host, 50);
  assert.equal(new Set([...first.ports, ...second.ports]).size, 100);
});

test("holdPorts() gives ports on which one can listen while they are held", async () => {
  await using held = await holdPorts(host, 2);
  const servers = await Promise.all(held.ports.map(listener));
  await Promise.all(servers.map(closed));
});

scenario(
  "a cluster comes up while other programs take thousands of ports that the system deals out",
  {},
  async (context) => {
    const others: Server[] = [];
    context.defer(async () => {
      await Promise.all(others.map(closed));
    });
    let isOver = false;
    const taking = (async () => {
      while (!isOver && others.length < 2_000) {
        others.push(...(await Promise.all(Array.from({ length: 50 }, () => listener(0)))));
        await new Promise(setImmediate);
      }
    })();
    for (let start = 0; start < 3; start++) {
      const crashes: string[] = [];
      const topology = { nodes: 0, stores: 1, apiservers: 3 } as const;
      await using cluster = await createCluster({
        ...{ host: "pool", port: 0, topology },
        onCrash: ({ reason }) => crashes.push(reason),
      });
      assert.deepEqual([crashes, cluster.access?.apiServers.length], [[], 3]);
    }
    isOver = true;
    await taking;
  },
);

function listener(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host, port }, () => {
      assert.ok((server.address() as AddressInfo).port > 0);
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
