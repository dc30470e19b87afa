/** The layer of an image that has nothing but a program called `pause`, in base64: `tar` and `gzip` have made it. */
const layer =
  "H4sIAAAAAAACAytILC1OZaAtMAACc1NTMA0E6DQQmCCxQeLmBgZGDAoGDHQApcUliUVAKxlGJqh39XFjGAWjYBSMglEw4gAAzVai9wAIAAA=";
const digests = {
  layer: "sha256:eb279ba05ac27e5bf0de411c5a1dabedecb706aafc7dbef12f0e904fe03b865d",
  config: "sha256:f5f924a65a0989a185649905b0bd52e20c6931e7c28572e71fbdc845002bba5a",
  manifest: "sha256:96671a6ae2e67d7433b294b11f4130bad9b52c9ba817ffdaa0b596ad7cb78375",
  list: "sha256:7072d252ff7ba4b87cea0225b94e243332a33ea3e10f1af3377d3560c33a2203",
} as const;

const config = {
  ...{ architecture: "amd64", os: "linux" },
  config: { User: "65535:65535", Entrypoint: ["/pause"], WorkingDir: "/" },
  rootfs: { type: "layers", diff_ids: ["sha256:f7652abd8d08634086d7f54b25a775ca3a99e9300976b0a760af59d9445d3afc"] },
};
const manifest = {
  ...{ schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v2+json" },
  config: { mediaType: "application/vnd.docker.container.image.v1+json", size: 224, digest: digests.config },
  layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: 80, digest: digests.layer }],
};
const list = {
  ...{ schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.list.v2+json" },
  manifests: [
    {
      ...{ mediaType: manifest.mediaType, size: 422, digest: digests.manifest },
      platform: { architecture: "amd64", os: "linux" },
    },
  ],
};

const [manifests, blobs] = ["/var/registry/pause/manifests", "/var/registry/pause/blobs"];

/** What agnhost's registry serves: `pause:testing`. Source: kubernetes/kubernetes, test/images/agnhost/fakeregistryserver. */
export const registryFiles: Readonly<Record<string, string>> = {
  [`${manifests}/testing`]: `${digests.list}\n`,
  [`${manifests}/${digests.list}`]: JSON.stringify(list),
  [`${manifests}/${digests.manifest}`]: JSON.stringify(manifest),
  [`${blobs}/${digests.config}`]: JSON.stringify(config),
  [`${blobs}/${digests.layer}`]: atob(layer),
};
