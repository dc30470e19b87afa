import type { SystemImage } from "../unix/system_image.ts";
import type { PlayedImage } from "./_played_image.ts";

const files = {
  "/data.json": '{\n  "image": "nautilus.jpg"\n}\n',
  "/index.html": "<html><body><img src='nautilus.jpg'></body></html>\n",
};
const system: SystemImage = { base: "alpine", own: ["/agnhost"], files };

/** The page of Kubernetes' own demonstration of an update, before it. */
export const nautilus: PlayedImage = {
  names: ["nautilus"],
  runs: "a page that says of which image it is",
  entrypoint: ["/agnhost"],
  arguments: ["test-webserver"],
  ports: [80],
  system: () => system,
};
