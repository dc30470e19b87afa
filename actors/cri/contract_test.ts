import { test } from "../../properties/house/test.ts";
import { type ContractBackend, criContract } from "../../properties/stages/modules/cri_contract.ts";

const server = `export default { fetch: () => new Response("hello"), exec: () => "listened" };`;
const job = `export default { start: () => 3 };`;
const modules = { "server.ts": server, "job.ts": job };

/** Every backend that needs nothing of the machine, each held to the one contract. */
const backends: Readonly<Record<string, ContractBackend>> = {
  played: {
    ...{ modules, isVirtual: true, server: "nginx:1", job: "task:1" },
    images: { "task:1": { exitAfterMs: 10, exitCode: 3 } },
  },
  "modules in simulation": { modules, isVirtual: true, server: "server", job: "job" },
  "modules in worker threads": { modules, isVirtual: false, server: "server", job: "job" },
};

for (const [name, backend] of Object.entries(backends)) {
  for (const { name: clause, holds } of criContract) test(`${name}: ${clause}`, () => holds(backend));
}
