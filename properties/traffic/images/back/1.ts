import { back } from "../_back.ts";

/** The version that is there at first. */
export default back;
