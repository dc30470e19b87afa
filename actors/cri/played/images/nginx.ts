import { nginxFiles } from "../unix/nginx/files.ts";
import { baseOf, type PlayedImage, versionOf } from "./_played_image.ts";

const versions = {
  "1": "1.29.1",
  "1.29": "1.29.1",
  "1.27": "1.27.5",
  "1.26": "1.26.3",
  "1.25": "1.25.5",
  "1.23": "1.23.4",
  "1.22": "1.22.1",
  "1.21": "1.21.6",
  "1.20": "1.20.2",
  "1.19": "1.19.10",
  "1.18": "1.18.0",
  "1.16": "1.16.1",
  "1.15": "1.15.12",
  "1.14": "1.14.2",
};

/** The web server. */
export const nginx: PlayedImage = {
  names: ["nginx", "nginx-slim"],
  runs: "nginx: serves files as its configuration says, or its own page",
  entrypoint: ["/docker-entrypoint.sh"],
  arguments: ["nginx", "-g", "daemon off;"],
  stopSignal: "QUIT",
  ports: [80],
  system: (tag) => ({
    base: baseOf(tag),
    own: ["/usr/sbin/nginx", "/usr/sbin/nginx-debug", "/docker-entrypoint.sh", "/usr/bin/curl"],
    env: { NGINX_VERSION: versionOf(tag, "1.29.1", versions) },
    files: nginxFiles,
  }),
};
