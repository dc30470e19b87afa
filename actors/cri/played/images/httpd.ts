import { baseOf, type PlayedImage } from "./_played_image.ts";

/** Apache's web server, which is not played yet: its program lives and does nothing. */
export const httpd: PlayedImage = {
  names: ["httpd"],
  runs: "a program that lives and answers nothing",
  arguments: ["httpd-foreground"],
  stopSignal: "WINCH",
  isIdle: true,
  system: (tag) => ({ base: baseOf(tag), own: ["/usr/local/apache2/bin/httpd", "/usr/local/bin/httpd-foreground"] }),
};
