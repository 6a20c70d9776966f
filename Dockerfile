# Kinora without the embedded engine: in a container the stores are services of their own.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY . .
RUN npm run build

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:22-bookworm-slim
ENV NODE_ENV=production KINORA_DATA_DIR=/var/lib/kinora KINORA_CACHE_DIR=/var/lib/kinora/cache
WORKDIR /app
RUN mkdir -p /var/lib/kinora && chown node:node /var/lib/kinora
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY schemas ./schemas
COPY models/zoo ./models/zoo
USER node
VOLUME /var/lib/kinora
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["up"]
