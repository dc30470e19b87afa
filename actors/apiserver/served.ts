import { createRegistry, registry } from "../api/registry.ts";
import { all } from "./reviews/all.ts";

/** All that a server serves: the kinds that are stored, and those that are only questions to it. */
export const served = createRegistry([...registry.kinds, ...all.map(({ kind }) => kind)]);
