import { front } from "../_front.ts";

/** The next version: what changes is its name. */
export default front;
