import { type Attack, configMap, configMaps, pause } from "../attack.ts";
import { createClient } from "../target.ts";

const watchesMax = 1_000;
const changesPerSecond = 20;

/** As many watches as a large cluster has, all of them told of every change. */
export const thousandWatches: Attack = {
  name: `${watchesMax} watches, ${changesPerSecond} changes a second`,
  who: "admin",
  async run({ target, signal }) {
    const client = createClient(target, "admin");
    for (let index = 0; index < watchesMax; index++) client.open({ path: `${configMaps}?watch=1` }, () => {});
    await client.send({ method: "POST", path: configMaps, body: configMap("watched", {}) });
    for (let index = 0; !signal.aborted; index++) {
      const body = configMap("watched", { index: String(index) });
      await client.send({ method: "PUT", path: `${configMaps}/watched`, body });
      await pause(1_000 / changesPerSecond, signal);
    }
    client.close();
  },
};
