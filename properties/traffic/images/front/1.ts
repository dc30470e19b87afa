import { front } from "../_front.ts";

/** The version that is there at first. */
export default front;
