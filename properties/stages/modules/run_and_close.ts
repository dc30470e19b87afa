// A process of its own for the test that looks for workers left behind: it ends only when nothing runs any more.
import { podStage } from "./pod_stage.ts";

const modules = {
  "loops.ts": `export default { fetch() { for (;;); } };`,
  "idles.ts": `setInterval(() => {}, 1_000); export default { fetch: () => new Response("x"), signal() {} };`,
};
const stage = await podStage({ modules, isVirtual: false });
const loops = await stage.run("loops", "loops");
const idles = await stage.run("idles", "idles");
await stage.run("starting", "idles");
for (const { ip } of [idles, loops]) {
  for (let answer = ""; !/deadline|200/.test(answer); await stage.wait(5)) {
    answer = JSON.stringify(await stage.probe(`http://${ip}:8080/`, 200));
  }
}
await stage.ok({ op: "StopPodSandbox", sandbox: idles.sandbox });
const { containers = [] } = await stage.ok({ op: "ListContainers" });
stage.close(true);
process.stdout.write(containers.map(({ state }) => state).join());
