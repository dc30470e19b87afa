// Written by `npm run fix`: to add to this list, add a file to this folder.
import { approval } from "./approval.ts";
import { attach } from "./attach.ts";
import { binding } from "./binding.ts";
import { ephemeralcontainers } from "./ephemeralcontainers.ts";
import { eviction } from "./eviction.ts";
import { exec } from "./exec.ts";
import { finalize } from "./finalize.ts";
import { log } from "./log.ts";
import { portforward } from "./portforward.ts";
import { proxyNodes } from "./proxy_nodes.ts";
import { proxyPods } from "./proxy_pods.ts";
import { proxyServices } from "./proxy_services.ts";
import { resize } from "./resize.ts";
import { scale } from "./scale.ts";
import { status } from "./status.ts";
import { token } from "./token.ts";

/** All that this folder has, by file name. */
export const all = [
  approval,
  attach,
  binding,
  ephemeralcontainers,
  eviction,
  exec,
  finalize,
  log,
  portforward,
  proxyNodes,
  proxyPods,
  proxyServices,
  resize,
  scale,
  status,
  token,
] as const;
