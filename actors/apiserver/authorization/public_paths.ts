import type { Authorizer } from "./_authorizer.ts";

/** Open to everybody, as Kubernetes' role `system:public-info-viewer` allows. */
const publicPath = /^\/(?:healthz|livez|readyz|version\/?)$/;

/** Some paths may be read by everybody, and all of them by whoever is known. */
export const publicPaths: Authorizer = {
  name: "PublicPaths",
  place: 10,
  onPath({ user, verb, path }) {
    if (verb !== "get" && verb !== "head") return "no opinion";
    return publicPath.test(path) || user.groups.includes("system:authenticated") ? "allow" : "no opinion";
  },
};
