import { admission } from "./admission.ts";
import { devicesInvalid } from "./devices.ts";
import { extensions } from "./extensions.ts";
import { networks } from "./networks.ts";
import { others } from "./others.ts";
import { pods } from "./pods.ts";
import type { Table } from "./row.ts";
import { storage } from "./storage.ts";
import { workloads } from "./workloads.ts";

/** All objects that are wrong, by what they are. */
export const all: readonly Table[] = [
  pods,
  ...workloads,
  ...networks,
  ...storage,
  ...others,
  ...extensions,
  ...admission,
  ...devicesInvalid,
];
