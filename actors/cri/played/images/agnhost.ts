import type { SystemImage } from "../unix/system.ts";
import { localhostCertificate, localhostKey } from "./_localhost_pair.ts";
import type { PlayedImage } from "./_played_image.ts";

const system: SystemImage = {
  ...{
    base: "alpine",
    own: ["/agnhost", "/agnhost-2", "/bin/bash", "/usr/bin/curl", "/usr/bin/dig"],
    files: { "/uploads/": "", "/localhost.crt": localhostCertificate, "/localhost.key": localhostKey },
  },
};

/** The image of Kubernetes' own tests. */
export const agnhost: PlayedImage = {
  names: ["agnhost"],
  runs: "what its subcommand says: netexec, serve-hostname, mounttest, ...",
  entrypoint: ["/agnhost"],
  arguments: ["pause"],
  system: () => system,
};
