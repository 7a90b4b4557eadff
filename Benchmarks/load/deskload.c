// A load generator for the desk's sockets: one thread, epoll, no allocation while it measures.
//
//   deskload send PORT SECONDS FILE          each line of FILE: path ticket [conversation]; one unanswered send per socket
//   deskload fan  PORT SECONDS FILE          the first line's socket sends, 16 unanswered; every socket counts what it is told
//   deskload idle PORT SECONDS FILE          opens all, prints "open", holds them
//
// Prints one JSON object. Frames are masked with key 0 (RFC 6455 allows any), so that a payload is written as it is.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, MAX_LATENCIES = 8000000 };
enum state { UPGRADING, OPENING, OPEN };

struct connection {
    int fd;
    enum state state;
    char path[128], ticket[64], conversation[32];
    unsigned char *buffer;
    int used;
    uint64_t sent_at;
    int in_flight;
};

static struct connection *connections;
static int count, open_count, epoll;
static int mode_send, mode_fan;
static uint64_t sends, acks, nacks, deliveries, feeds, other, measuring_from, measuring_until;
static uint32_t *latencies;
static uint64_t latency_count;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "deskload: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void write_all(struct connection *c, const void *bytes, size_t length) {
    const char *p = bytes;
    while (length > 0) {
        ssize_t n = write(c->fd, p, length);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (n <= 0) die("write");
        p += n;
        length -= (size_t)n;
    }
}

static void send_text(struct connection *c, const char *text, size_t length) {
    unsigned char frame[1024];
    size_t at = 0;
    frame[at++] = 0x81;
    if (length < 126) {
        frame[at++] = 0x80 | (unsigned char)length;
    } else {
        frame[at++] = 0x80 | 126;
        frame[at++] = (unsigned char)(length >> 8);
        frame[at++] = (unsigned char)length;
    }
    memset(frame + at, 0, 4);
    at += 4;
    memcpy(frame + at, text, length);
    write_all(c, frame, at + length);
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void make_ulid(char out[27]) {
    static uint64_t counter;
    uint64_t time = 1795248000000ull + counter / 1000, low = ++counter * 0x9E3779B97F4A7C15ull;
    for (int i = 9; i >= 0; i--, time >>= 5) out[i] = alphabet[time & 31];
    for (int i = 25; i >= 10; i--, low = (low >> 5) | (low << 59)) out[i] = alphabet[low & 31];
    out[26] = 0;
}

static void send_message(struct connection *c) {
    char text[512], id[27], where[64] = "";
    make_ulid(id);
    if (c->conversation[0]) snprintf(where, sizeof where, "\"conversation\":\"%s\",", c->conversation);
    int n = snprintf(
        text, sizeof text, "{\"type\":\"send\",\"ref\":%llu,\"clientID\":\"%s\",%s\"kind\":\"text\",\"body\":{\"text\":\"message number %llu, about as long as people write\"}}",
        (unsigned long long)sends, id, where, (unsigned long long)sends);
    c->sent_at = now_ns();
    c->in_flight++;
    sends++;
    send_text(c, text, (size_t)n);
}

static int begins(const unsigned char *p, int length, const char *type) {
    int n = (int)strlen(type);
    return length > 9 + n && memcmp(p + 9, type, (size_t)n) == 0 && p[9 + n] == '"';
}

static void handle_frame(struct connection *c, int opcode, const unsigned char *p, int length) {
    if (opcode == 9) { // ping: answered empty
        unsigned char pong[6] = {0x8A, 0x80, 0, 0, 0, 0};
        write_all(c, pong, sizeof pong);
        return;
    }
    if (opcode == 8) {
        fprintf(stderr, "deskload: closed by the server: %d %.*s\n", length >= 2 ? p[0] << 8 | p[1] : 0, length - 2, p + 2);
        exit(1);
    }
    uint64_t now = now_ns();
    int measured = now >= measuring_from && now < measuring_until;
    if (begins(p, length, "ack")) {
        c->in_flight--;
        if (measured) {
            acks++;
            if (mode_send && latency_count < MAX_LATENCIES) latencies[latency_count++] = (uint32_t)((now - c->sent_at) / 1000);
        }
        if (now < measuring_until) send_message(c);
    } else if (begins(p, length, "nack") || begins(p, length, "error") || begins(p, length, "reset")) {
        nacks++;
        fprintf(stderr, "deskload: %.*s\n", length, p);
        if (nacks > 20) exit(1);
    } else if (begins(p, length, "events")) {
        if (measured) deliveries++;
    } else if (begins(p, length, "feed")) {
        if (measured) feeds++;
    } else if (begins(p, length, "resumed")) {
        if (c->state == OPENING) {
            c->state = OPEN;
            open_count++;
        }
    } else {
        other++;
    }
}

static void opened(struct connection *c) {
    char text[400], cursors[96] = "";
    if (mode_fan && c->conversation[0]) snprintf(cursors, sizeof cursors, ",\"conversations\":{\"%s\":1}", c->conversation);
    int n = snprintf(text, sizeof text, "{\"type\":\"init\",\"protocol\":1,\"ticket\":\"%s\"%s}", c->ticket, cursors);
    c->state = OPENING;
    send_text(c, text, (size_t)n);
}

static void readable(struct connection *c) {
    for (;;) {
        ssize_t n = read(c->fd, c->buffer + c->used, (size_t)(BUFFER - c->used));
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) die("connection ended");
        c->used += (int)n;
        int at = 0;
        if (c->state == UPGRADING) {
            unsigned char *end = memmem(c->buffer, (size_t)c->used, "\r\n\r\n", 4);
            if (!end) continue;
            if (memcmp(c->buffer, "HTTP/1.1 101", 12) != 0) {
                fprintf(stderr, "deskload: refused: %.*s\n", c->used, c->buffer);
                exit(1);
            }
            at = (int)(end - c->buffer) + 4;
            opened(c);
        }
        for (;;) {
            int left = c->used - at;
            if (left < 2) break;
            unsigned char *p = c->buffer + at;
            int head = 2, length = p[1] & 127;
            if (length == 126) {
                if (left < 4) break;
                length = p[2] << 8 | p[3];
                head = 4;
            } else if (length == 127) {
                if (left < 10) break;
                length = (int)(p[6] << 24 | p[7] << 16 | p[8] << 8 | p[9]);
                head = 10;
            }
            if (head + length > BUFFER) die("frame too large");
            if (left < head + length) break;
            handle_frame(c, p[0] & 15, p + head, length);
            at += head + length;
        }
        if (at > 0) memmove(c->buffer, c->buffer + at, (size_t)(c->used - at));
        c->used -= at;
    }
}

static void dial(struct connection *c, int port, int index) {
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->buffer = malloc(BUFFER);
    c->state = UPGRADING;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
    char request[512];
    int n = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        c->path, port);
    write_all(c, request, (size_t)n);
}

static void turn(int milliseconds) {
    struct epoll_event events[256];
    int n = epoll_wait(epoll, events, 256, milliseconds);
    for (int i = 0; i < n; i++) readable(&connections[events[i].data.u32]);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: deskload send|fan|idle PORT SECONDS FILE\n");
        return 64;
    }
    mode_send = strcmp(argv[1], "send") == 0;
    mode_fan = strcmp(argv[1], "fan") == 0;
    int port = atoi(argv[2]);
    double seconds = atof(argv[3]);
    FILE *file = fopen(argv[4], "r");
    if (!file) die(argv[4]);
    connections = calloc(20000, sizeof *connections);
    latencies = malloc(sizeof *latencies * MAX_LATENCIES);
    epoll = epoll_create1(0);
    measuring_from = measuring_until = UINT64_MAX;
    char line[512];
    while (count < 20000 && fgets(line, sizeof line, file)) {
        struct connection *c = &connections[count];
        if (sscanf(line, "%127s %63s %31s", c->path, c->ticket, c->conversation) < 2) continue;
        dial(c, port, count++);
        // Tickets are good for a minute and the listen queue is finite: open as we go.
        while (count - open_count > 200) turn(100);
    }
    while (open_count < count) turn(100);
    printf("open\n");
    fflush(stdout);
    // A second to warm up, then the measurement.
    uint64_t start = now_ns();
    measuring_from = start + (mode_send || mode_fan ? 1000000000ull : 0);
    measuring_until = measuring_from + (uint64_t)(seconds * 1e9);
    if (mode_send) for (int i = 0; i < count; i++) send_message(&connections[i]);
    if (mode_fan) for (int i = 0; i < 16; i++) send_message(&connections[0]);
    double cpu = cpu_seconds();
    while (now_ns() < measuring_until) turn(50);
    cpu = cpu_seconds() - cpu;
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf(
        "{\"sockets\":%d,\"seconds\":%.3f,\"acks\":%llu,\"acksPerSecond\":%.0f,\"p50us\":%u,\"p99us\":%u,\"events\":%llu,\"feeds\":%llu,\"deliveriesPerSecond\":%.0f,\"refused\":%llu,\"generatorCPUSeconds\":%.2f}\n",
        count, seconds, (unsigned long long)acks, (double)acks / seconds, latency_count ? latencies[latency_count / 2] : 0,
        latency_count ? latencies[latency_count * 99 / 100] : 0, (unsigned long long)deliveries, (unsigned long long)feeds,
        (double)(deliveries + feeds) / seconds, (unsigned long long)nacks, cpu);
    return 0;
}
