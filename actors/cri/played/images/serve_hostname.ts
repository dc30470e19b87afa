import type { PlayedImage } from "./_played_image.ts";
import { agnhost } from "./agnhost.ts";

/** What the documentation debugs Services with. */
export const serveHostname: PlayedImage = {
  names: ["serve_hostname", "serve-hostname"],
  runs: "a server that tells its host's name",
  entrypoint: ["/agnhost", "serve-hostname"],
  ports: [9376],
  system: agnhost.system,
};
