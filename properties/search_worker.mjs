// A worker of a campaign: loads the search through tsx once, then performs one run after the other.
import { register } from "tsx/esm/api";

register();
const { searchOne } = await import("./search.ts");
const { prepareTraffic } = await import("./traffic/prepare.ts");
await prepareTraffic();

export default searchOne;
