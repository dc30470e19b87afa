/** The next version: what changes is its name. */
export { default } from "./1.ts";
