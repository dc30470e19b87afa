import { usualGroups, usualUsers } from "../unix/files/base_tree.ts";
import type { SystemImage } from "../unix/system_image.ts";
import { localhostCertificate, localhostKey } from "./_localhost_pair.ts";
import type { PlayedImage } from "./_played_image.ts";
import { registryFiles } from "./_registry_files.ts";

const system: SystemImage = {
  ...{
    base: "alpine",
    own: ["/agnhost", "/agnhost-2", "/bin/bash", "/usr/bin/curl", "/usr/bin/dig"],
    files: {
      ...{ "/uploads/": "", "/localhost.crt": localhostCertificate, "/localhost.key": localhostKey },
      ...registryFiles,
      // A user who is in a group of the image, for tests of a pod's groups.
      "/etc/passwd": `${usualUsers}user-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/sh\n`,
      "/etc/group": `${usualGroups}user-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n`,
    },
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
