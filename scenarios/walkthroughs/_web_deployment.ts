/** A Deployment named `web`, whose pods end within a second; `container` is YAML in one line. */
export const webDeployment = (replicas: number, container: string) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [${container}]
`;
