import type { PlayedImage } from "./_played_image.ts";

/** The server of many examples. */
export const helloApp: PlayedImage = {
  names: ["hello-app"],
  runs: "a server that greets, and tells its version and its pod",
  entrypoint: ["/hello-app"],
  ports: [8080],
  system: (tag) => ({
    base: "alpine",
    own: ["/hello-app"],
    env: { VERSION: `${/^\d+(\.\d+)?/.exec(tag)?.[0] ?? "1.0"}.0` },
  }),
};
