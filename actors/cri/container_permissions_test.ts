import { assert, test } from "../../properties/house/test.ts";
import { podStage } from "../../properties/stages/modules/pod_stage.ts";
import { failed } from "../kit/result.ts";

const modules = {
  "web.ts": `export default { fetch: () => new Response("web") };`,
  "reads.ts": `import { readFileSync } from "node:fs";
    export default { start() { console.log(readFileSync("/etc/hosts").length > 0); return 0; } };`,
};
const computer = { read: ["/etc", "/srv/a b"], net: ["127.0.0.1:5000-5999"] };

test("a container that its pod grants more than the computer holds is not created, and others are", async () => {
  await using stage = await podStage({ modules, images: { "played:1": {} }, isVirtual: true, permissions: computer });
  await stage.ok({ op: "PullImage", image: "web" });
  await stage.ok({ op: "PullImage", image: "played:1" });
  const pod = { name: "web-0", namespace: "shop", uid: "web-0", attempt: 0 };
  const { sandbox } = await stage.ok({ op: "RunPodSandbox", pod });
  const create = (permissions: object, image = "web", attempt = 0) =>
    stage.call({
      op: "CreateContainer",
      sandbox: sandbox?.sandbox ?? "",
      container: { name: "app", image, attempt, command: [], args: [], env: {}, permissions },
    });
  const refusals: [object, string, string][] = [
    [{ read: ["/etc/hosts", "/srv"] }, '"read" of "/srv"', "read=/srv"],
    [{ read: ["/srv/a c"] }, '"read" of "/srv/a c"', "'read=/srv/a c'"],
    [{ write: ["/etc"] }, '"write" of "/etc"', "write=/etc"],
    [{ read: ["*"] }, '"read" of "*"', "'read=*'"],
    [{ net: ["127.0.0.1:80"] }, '"net" of "127.0.0.1:80"', "net=127.0.0.1:80"],
  ];
  for (const [permissions, asked, allow] of refusals) {
    const message = `Cannot grant permission to container "shop/web-0/app": annotation kubetroupe.dev/permissions asks for ${asked}, which the computers of this cluster do not hold, start the cluster with troupe up --allow ${allow}`;
    assert.deepEqual(await create(permissions), failed({ code: "UNKNOWN", message }));
    assert.deepEqual(await create(permissions, "played:1"), failed({ code: "UNKNOWN", message }));
  }
  assert.deepEqual(stage.runtime.inspect("computer/node-1").containers, []);
  const granted = [{}, computer, { read: ["/etc/hosts"], net: ["127.0.0.1:5432"] }];
  for (const [attempt, permissions] of granted.entries()) {
    assert.ok((await create(permissions, "web", attempt)).ok);
  }
});

test("a worker has what its pod grants; in simulation no module of Node is granted at all", async () => {
  const permissions = { read: ["/etc/hosts"] };
  const runs = [
    { isVirtual: false, told: ["true"], exitCode: 0 },
    {
      isVirtual: true,
      told: [
        `Cannot start container "default/reads-0/app": its image imports "node:fs", which simulation refuses whatever the pod grants, take time, luck and connections from the web's globals`,
      ],
      exitCode: 1,
    },
  ];
  for (const { isVirtual, told, exitCode } of runs) {
    await using stage = await podStage({ modules, isVirtual, permissions: computer });
    const pod = await stage.run("reads-0", "reads", { permissions });
    assert.equal((await stage.exited(pod)).exitCode, exitCode);
    assert.deepEqual(await stage.logs(pod), told);
  }
});
