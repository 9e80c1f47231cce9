# One image for both operators; the argument says which:
#   docker build -t raakvlak .
#   docker run -v /srv/raakvlak:/var/lib/raakvlak -p 8440:8440 raakvlak gateway --config /var/lib/raakvlak/config/settings.json
# Settings and secrets are mounted, never copied. Paths in the settings are relative to the folder above
# the one that holds them, here /var/lib/raakvlak; so name the policies as /opt/raakvlak/config/policies.

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /opt/raakvlak
COPY package.json package-lock.json .npmrc ./
# The image is the Node that the package `node` would bring a second time.
RUN npm ci --omit=dev && rm -rf node_modules/node node_modules/.bin/node

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/var/cache/raakvlak \
    HEALTH_URL=http://127.0.0.1:8440/health/ready
WORKDIR /opt/raakvlak
# An account of its own: PostgreSQL and this program refuse to be root, or should.
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/raakvlak raakvlak \
 && install -d -o raakvlak -g raakvlak /var/cache/raakvlak
COPY --from=dependencies /opt/raakvlak/node_modules node_modules
COPY package.json LICENSE README.md ./
COPY config/policies config/policies
COPY scripts scripts
COPY src src
USER raakvlak
VOLUME /var/lib/raakvlak
EXPOSE 8440 8441
# The keyholder listens elsewhere: give it -e HEALTH_URL=http://127.0.0.1:8441/health/ready
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["gateway", "--config", "/var/lib/raakvlak/config/settings.json"]
