import type { PlayedImage } from "./_played_image.ts";
import { nginx } from "./nginx.ts";

const site = "upstream Backend { server hello; }\nserver { listen 80; location / { proxy_pass http://Backend; } }\n";

/** The front end of the tutorial about a front end and a back end: nginx before the Service `hello`. */
export const helloFrontend: PlayedImage = {
  ...nginx,
  names: ["hello-frontend"],
  runs: "nginx, which passes all on to the Service hello",
  system() {
    const system = nginx.system("1.27");
    return system && { ...system, files: { ...system.files, "/etc/nginx/conf.d/default.conf": site } };
  },
};
