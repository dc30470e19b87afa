import type { Deployment, Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { type Wanted, wantedAfter } from "../workload/command.ts";
import type { DriverData } from "../workload/driver.ts";

const folder = "/registry/deployments/";

/**
 * What the user was told is done stays done until the user does something else: nobody but the user writes what the
 * commands write. Objects about which a question went unanswered are left to the end of the run, as that question may
 * be carried out late.
 */
export const acknowledgedWritesAreKept: Invariant = {
  name: "acknowledged writes are kept",
  watch(world) {
    const { workload } = world.definition;
    let acknowledged = 0;
    let wanted = wantedAfter([]);
    const driver = () => world.simulation.dataOf("driver") as DriverData | undefined;

    function judge(name: string, shown: Frozen<Deployment> | undefined): string | undefined {
      const next = workload[acknowledged];
      // The command under way may have been carried out, or not.
      if (driver()?.doubtful.has(name) || next?.name === name) return undefined;
      return difference(name, wanted.get(name), shown);
    }

    return {
      step(address) {
        if (address !== "driver") return undefined;
        const now = driver()?.acknowledged ?? 0;
        if (now === acknowledged) return undefined;
        const done = workload[now - 1];
        acknowledged = now;
        wanted = wantedAfter(workload.slice(0, now));
        return done && judge(done.name, world.get<Deployment>(`${folder}default/${done.name}`));
      },
      commit({ key, object }) {
        if (!key.startsWith(folder)) return undefined;
        return judge(key.slice(key.lastIndexOf("/") + 1), object as unknown as Frozen<Deployment> | undefined);
      },
    };
  },
};

function difference(name: string, wanted: Wanted | undefined, shown: Frozen<Deployment> | undefined) {
  if (!wanted) return shown && `Deployment ${name} is there, although its deletion was acknowledged`;
  if (!shown) return `Deployment ${name} is gone, although its creation was acknowledged`;
  const { replicas, template } = shown.spec;
  const image = template.spec?.containers[0]?.image;
  if (replicas === wanted.replicas && image === wanted.image) return undefined;
  return `Deployment ${name} asks for ${replicas} x ${image}, acknowledged was ${wanted.replicas} x ${wanted.image}`;
}
