import type { PlayedImage } from "./_played_image.ts";

const system = {
  base: "debian",
  own: ["/usr/local/bin/apache2-foreground", "/usr/local/bin/docker-entrypoint.sh"],
} as const;

/** The site of the documentation's example. */
export const wordpress: PlayedImage = {
  names: ["wordpress"],
  runs: "a WordPress that can be installed, and shows its first page",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["apache2-foreground"],
  folder: "/var/www/html",
  stopSignal: "WINCH",
  system: () => system,
};
