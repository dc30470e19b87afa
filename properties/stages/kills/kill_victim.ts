import { createCluster } from "../../../scenarios/cluster/create_cluster.ts";
import { kubeconfigClient } from "../../../scenarios/cluster/kubeconfig_client.ts";
import { compileLate } from "../../../scenarios/cluster/late_compilation.ts";

// A process to be killed: it brings a cluster up in a data directory, tells all that it finds there, and then writes,
// four at a time, and tells each write that was acknowledged. A line each: `found NAME`, `serving REVISION MS CPU_MS`,
// `acknowledged NAME REVISION`.
const [dataDir = "", round = "0"] = process.argv.slice(2);
const writers = 4;
const resource = "configmaps";
const namespace = "default";

const topology = { nodes: 0, stores: 3, apiservers: 1, schedulers: 0, managers: 0 } as const;
compileLate();
const { api, access } = await createCluster({ host: "thread", port: 0, topology, dataDir });
if (!access) throw new Error("Cannot tell when the cluster serves: it serves no HTTPS");
const tell = (line: string) => process.stdout.write(`${line}\n`);

interface Names {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

interface Created {
  readonly metadata: { readonly resourceVersion: string };
}

// As the administrator sees it from outside.
const client = await kubeconfigClient(access.kubeconfig);
const found = await client.get<Names>(`/api/v1/namespaces/${namespace}/${resource}`);
for (const { metadata } of found.items) tell(`found ${metadata.name}`);
// From the beginning of the process: what a user waits for, and what of it a processor worked, which others that share
// the machine do not lengthen as much.
const { user, system } = process.cpuUsage();
const cpuMs = Math.ceil((user + system) / 1000);
tell(`serving ${found.metadata.resourceVersion} ${Math.ceil(performance.now())} ${cpuMs}`);

async function write(writer: number): Promise<never> {
  for (let count = 0; ; count++) {
    const name = `kept-${round}-${writer}-${count}`;
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text: "x".repeat(500) } };
    const answer = await api<Created>({ verb: "create", resource, namespace, body: object });
    if (answer.code === 201) tell(`acknowledged ${name} ${answer.body.metadata.resourceVersion}`);
  }
}

await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
