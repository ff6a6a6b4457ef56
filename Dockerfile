# Tributary on plain workerd: docs/selfhost.md#in-a-container
#   docker build --tag tributary .

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
# workerd, and a Node of the locked version: both as npm's packages bring them.
RUN npm ci --omit=dev
COPY tsconfig.json wrangler.toml ./
COPY adapters ./adapters
COPY src ./src
RUN node src/cli/main.mjs build \
  && mkdir bin \
  && (cd bin && ln -s ../node_modules/node-linux-*/bin/node node) \
  && printf '#!/bin/sh\nexec /app/bin/node /app/src/cli/main.mjs "$@"\n' > bin/tributary \
  && chmod 0755 bin/tributary \
  && rm -rf dist/sandbox node_modules/.cache node_modules/node-linux-*/include node_modules/node-linux-*/lib node_modules/node-linux-*/share

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates libstdc++6 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
  && mkdir --mode=0700 /data \
  && chown 10001:10001 /data
COPY --from=build /app /app
ENV PATH=/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  NODE_DISABLE_COMPILE_CACHE=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether it answers. What it answers, 503 for a broken source, is for monitoring: restarting would not mend it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["/app/bin/node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ status }) => process.exit([200, 503].includes(status) ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/bin/node", "/app/src/cli/main.mjs"]
CMD ["selfhost", "--host", "0.0.0.0", "--port", "8080", "--data", "/data", "--config", "/etc/tributary/tributary.toml"]
