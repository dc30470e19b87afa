import { catalogue } from "../_catalogue.ts";

/** The catalogue at its usual prices. */
export default catalogue({ version: "1", priced: (product) => product });
