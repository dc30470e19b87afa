import { defineFault } from "../kind.ts";
import { actor, name } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { isCloudCall } from "../who.ts";

/** A provider of computers loses one of them, with the next that it is asked: whatever has its name is gone. */
export const lostInstance = defineFault({
  kind: "lostInstance",
  parameters: { cloud: actor(), instance: name() },
  // Only where there are clouds: campaigns draw it for them.
  weight: 0,
  describe: ({ cloud, instance }) => `${cloud} loses ${instance}`,
  draw({ clouds = [] }, random) {
    const found = oneOf(clouds, random);
    const instance = found && oneOf(found.instances, random);
    return found && instance !== undefined ? { cloud: found.cloud, instance } : undefined;
  },
  link: ({ cloud, instance }, envelope) => (isCloudCall(cloud, envelope) ? { mishap: `lost ${instance}` } : undefined),
});
