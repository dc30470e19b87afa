import { signing } from "../../../actors/signing/signing_device.ts";
import { https } from "../../../runtime/devices/https.ts";
import type { FreeDevice } from "../../../runtime/hosts/free/free_cast.ts";

/** The network is real. */
export const devices: readonly FreeDevice[] = [https, signing()];
