import { back } from "../_back.ts";

/** The next version: what changes is its name. */
export default back;
