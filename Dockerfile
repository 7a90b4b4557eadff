# The program in two stages: built with the whole toolchain, shipped with six small libraries.
#   docker build -t switchboard . && docker run -p 8080:8080 -v switchboard:/data switchboard
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils git libmariadb-dev libsodium-dev libsqlite3-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN scripts/release --folder /release

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libmariadb3 libsodium23 libsqlite3-0 libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin switchboard \
    && install -d -o switchboard -g switchboard -m 0700 /data
COPY --from=build /release /opt/switchboard
USER switchboard
WORKDIR /data
VOLUME /data
# Plain HTTP beyond loopback is for a proxy in front that speaks TLS; without one say TLS_MODE=self-signed or TLS_MODE=files instead.
ENV DATA_DIR=/data BIND=0.0.0.0 HTTP_PORT=8080 HTTPS_PORT=8443 LOG_FORMAT=json
EXPOSE 8080 8443
# PID 1 is the supervisor: it reaps orphans and forwards signals.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/opt/switchboard/switchboard", "status", "--ready"]
ENTRYPOINT ["/opt/switchboard/switchboard"]
CMD ["serve"]
