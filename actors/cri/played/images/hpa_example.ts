import type { PlayedImage } from "./_played_image.ts";

/** The server of the walkthrough of autoscaling. */
export const hpaExample: PlayedImage = {
  names: ["hpa-example"],
  runs: "a server that works hard for each answer",
  entrypoint: ["/php-apache"],
  ports: [80],
  system: () => ({ base: "alpine", own: ["/php-apache"] }),
};
