// A worker of a campaign: loads the search once, in a checkout through tsx, then performs one run after the other.
import { existsSync } from "node:fs";

const isCheckout = existsSync(new URL("./search.ts", import.meta.url));
if (isCheckout) {
  const { register } = await import("tsx/esm/api");
  register();
}
const load = (path) => import(`${path}.${isCheckout ? "ts" : "js"}`);
const { searchOne } = await load("./search");
const { prepareTraffic } = await load("../traffic/prepare");
await prepareTraffic();

export default searchOne;
