import type { FreeCast } from "../../../runtime/hosts/free/free_cast.ts";
import { courier } from "./courier.ts";
import { front } from "./front.ts";
import { prober } from "./prober.ts";
import { goodPuppet, puppet, smallPuppet } from "./puppet.ts";

/** The actors that the hosts' tests put on stage. */
export const actors = [puppet, goodPuppet, smallPuppet, prober, courier, front];

/** The same with real devices, for hosts with real threads. */
export const cast: FreeCast = { actors, devices: new URL("./devices.ts", import.meta.url).href };
