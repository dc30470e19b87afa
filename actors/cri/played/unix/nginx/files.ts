/** The text of a page with a title, a heading and a sentence. */
export function page(title: string, heading: string, text: string): string {
  return `<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${heading}</h1>\n<p>${text}</p>\n</body>\n</html>\n`;
}

const mainConf = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const siteConf = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

/** What an image of nginx has in its file system. */
export const nginxFiles: Readonly<Record<string, string>> = {
  "/etc/nginx/nginx.conf": mainConf,
  "/etc/nginx/conf.d/default.conf": siteConf,
  "/etc/nginx/mime.types": "types {\n    text/html  html htm;\n    text/css  css;\n    text/plain  txt;\n}\n",
  "/usr/share/nginx/html/index.html": page(
    "Welcome to nginx!",
    "Welcome to nginx!",
    "This page is shown because the web server is installed and runs. What it is to serve is still to be configured.",
  ),
  "/usr/share/nginx/html/50x.html": page("Error", "An error occurred.", "The page cannot be shown at the moment."),
  "/docker-entrypoint.d/": "",
  "/var/cache/nginx/": "",
  "/var/log/nginx/access.log": "-> /dev/stdout",
  "/var/log/nginx/error.log": "-> /dev/stderr",
};
