/** What a guestbook needs, in one manifest: a namespace, settings, a database and a front end that reads them. */
export const guestbook = `apiVersion: v1
kind: Namespace
metadata:
  name: guestbook
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: guestbook
data:
  title: Guestbook
---
apiVersion: v1
kind: Service
metadata:
  name: redis-leader
  namespace: guestbook
  labels: { app: redis, role: leader }
spec:
  ports: [{ port: 6379, targetPort: 6379 }]
  selector: { app: redis, role: leader }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: redis-leader
  namespace: guestbook
  labels: { app: redis, role: leader }
spec:
  replicas: 1
  selector:
    matchLabels: { app: redis, role: leader }
  template:
    metadata:
      labels: { app: redis, role: leader }
    spec:
      containers:
        - name: leader
          image: redis:7
          resources: { requests: { cpu: 100m, memory: 100Mi } }
          ports: [{ containerPort: 6379 }]
---
apiVersion: v1
kind: Service
metadata:
  name: frontend
  namespace: guestbook
  labels: { app: guestbook, tier: frontend }
spec:
  type: NodePort
  ports: [{ port: 80 }]
  selector: { app: guestbook, tier: frontend }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: frontend
  namespace: guestbook
spec:
  replicas: 3
  selector:
    matchLabels: { app: guestbook, tier: frontend }
  template:
    metadata:
      labels: { app: guestbook, tier: frontend }
    spec:
      containers:
        - name: php-redis
          image: gb-frontend:v5
          env: [{ name: GET_HOSTS_FROM, value: dns }]
          envFrom: [{ configMapRef: { name: settings } }]
          resources: { requests: { cpu: 100m, memory: 100Mi } }
          ports: [{ containerPort: 80 }]
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
`;
