import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";

const image = (file: string) => `
import { readFileSync } from "node:fs";
export default { start() { console.log(readFileSync(${JSON.stringify(file)}, "utf8")); return 0; } };
`;

scenario("pods grant the code in them what the computers hold, and no more", {}, async (context) => {
  const folder = await context.folder();
  const imageFolder = await context.folder();
  const file = join(folder, "stock.txt");
  await writeFile(file, "three violins");
  await writeFile(join(imageFolder, "reads.ts"), image(file));
  const small = { nodes: 1, stores: 1, apiservers: 1, traffic: true, gateway: false, dns: false } as const;
  const topology = { ...small, computerPermissions: { read: [folder] } };
  const cluster = context.use(await createCluster({ host: "thread", port: 0, topology, imageFolder }));
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const must = async (...line: string[]) => {
    const { code, stdout, stderr } = await kubectl(line, { kubeconfig });
    assert.equal(code, 0, `kubectl ${line.join(" ")}: ${stderr}`);
    return stdout;
  };
  const run = (name: string, ...options: string[]) =>
    must("run", name, "--image=reads:1", "--restart=Never", ...options);
  const grants = (scope: string) => `--annotations=kubetroupe.dev/permissions=${JSON.stringify({ read: [scope] })}`;
  const until = (name: string, path: string, value: string) =>
    must("wait", `pod/${name}`, `--for=jsonpath={${path}}=${value}`, "--timeout=60s");

  await run("granted", grants(file));
  await run("without");
  await run("greedy", grants("/"));
  await until("granted", ".status.phase", "Succeeded");
  assert.equal(await must("logs", "granted"), "three violins\n");

  await until("without", ".status.phase", "Failed");
  const refused =
    /^Cannot start container "default\/without\/without": its image imports "node:fs" in .*permission "read" is not granted for it, annotate its pod with kubetroupe\.dev\/permissions: /;
  assert.match(await must("logs", "without"), refused);

  const waiting = ".status.containerStatuses[0].state.waiting";
  await until("greedy", `${waiting}.reason`, "CreateContainerError");
  const message =
    'Cannot grant permission to container "default/greedy/greedy": annotation kubetroupe.dev/permissions asks for "read" of "/", which the computers of this cluster do not hold, start the cluster with troupe up --allow read=/';
  assert.equal(await must("get", "pod", "greedy", "-o", `jsonpath={${waiting}.message}`), message);
  assert.match(await must("get", "events"), /Failed +pod\/greedy +Error: Cannot grant permission to container/);
});
