import { baseOf, type PlayedImage, versionOf } from "./_played_image.ts";

const latest = "2.4.65";

/** Apache's web server. */
export const httpd: PlayedImage = {
  names: ["httpd"],
  runs: "Apache's server: serves /usr/local/apache2/htdocs",
  arguments: ["httpd-foreground"],
  folder: "/usr/local/apache2",
  stopSignal: "WINCH",
  ports: [80],
  system: (tag) => ({
    base: baseOf(tag),
    own: ["/usr/local/apache2/bin/httpd", "/usr/local/bin/httpd-foreground"],
    env: {
      HTTPD_VERSION: versionOf(tag, latest, { "2": latest, "2.4": latest }),
      HTTPD_PREFIX: "/usr/local/apache2",
      PATH: "/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    },
    files: {
      "/usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n",
      "/usr/local/apache2/conf/httpd.conf": 'Listen 80\nDocumentRoot "/usr/local/apache2/htdocs"\n',
    },
  }),
};
