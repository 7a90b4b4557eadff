// A load generator for the gateway: one thread, epoll, keep-alive connections, no allocation while it measures.
//
//   gatewayload json   PORT SECONDS CONNECTIONS RATE FILE     RATE 0: each connection asks again when it has its answer; else so many a
//                                                             second, and each latency counts from the time at which it was due
//   gatewayload stream PORT SECONDS CONNECTIONS RATE FILE     the same for streams of upstream.c: first byte, and each text's delay
//   gatewayload idle   PORT SECONDS CONNECTIONS 0 FILE        opens streams that go quiet after the first text, prints "open", holds them
//
// FILE holds one whole request, head and body, which is sent as it is. Prints "open" when the measurement begins (after a second of warming
// up), then one JSON object. Every answer is checked: status 200, and a stream's end in order.
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
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 10000, MAX_FIGURES = 8000000, LINE = 1024, EVENTS = 105, BUFFER = 1 << 16, HEAD = 8192 };
enum state { RESTING, HEAD_COMES, LENGTH_COMES, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, LAST_LINE };

struct connection {
    int fd;
    enum state state;
    uint64_t due_at;
    int has_byte, events, is_stopped, refused;
    uint64_t left;
    size_t sent, line_used, head_used;
    char head[HEAD], line[LINE];
};

struct figures {
    uint32_t *all;
    uint64_t count;
};

static struct connection *connections;
static int count, epoll, is_stream, is_idle, resting_count;
static int resting[MAX_CONNECTIONS];
static char *request;
static size_t request_length;
static double rate;
static struct figures whole, first, texts;
static uint64_t all, done, refused, late, measuring_from = UINT64_MAX, measuring_until = UINT64_MAX;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

_Noreturn static void die(const char *what) {
    fprintf(stderr, "gatewayload: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void note(struct figures *figures, uint64_t from, uint64_t now) {
    if (from < measuring_from || now >= measuring_until || figures->count == MAX_FIGURES) return;
    uint64_t took = now > from ? now - from : 0;
    figures->all[figures->count++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
}

static void watch(struct connection *c, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(c - connections)};
    epoll_ctl(epoll, how, c->fd, &event);
}

static void writable(struct connection *c) {
    while (c->sent < request_length) {
        ssize_t n = send(c->fd, request + c->sent, request_length - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        if (n <= 0) die("write");
        c->sent += (size_t)n;
    }
}

static void ask(struct connection *c, uint64_t due_at) {
    c->due_at = due_at;
    c->state = HEAD_COMES;
    c->has_byte = c->events = c->is_stopped = c->refused = 0;
    c->sent = c->line_used = c->head_used = 0;
    writable(c);
}

static void complete(struct connection *c, uint64_t now) {
    if (c->refused || (is_stream && !c->is_stopped) || (is_stream && c->events != EVENTS)) {
        refused++;
        if (refused < 4) fprintf(stderr, "gatewayload: not as it should be: %d events, head %.*s\n", c->events, (int)c->head_used, c->head);
        if (refused > 1000) exit(1);
    } else {
        all++;
        if (c->due_at >= measuring_from && now < measuring_until) done++;
        note(&whole, c->due_at, now);
    }
    c->state = RESTING;
    if (rate > 0) resting[resting_count++] = (int)(c - connections);
    else if (now < measuring_until) ask(c, now);
}

static void take_line(struct connection *c, uint64_t now) {
    if (c->line_used > 6 && memcmp(c->line, "event:", 6) == 0) {
        c->events++;
        c->is_stopped = c->line_used >= 19 && memcmp(c->line + 7, "message_stop", 12) == 0;
        return;
    }
    char *stamp = memmem(c->line, c->line_used, "\"text\":\"@", 9);
    if (stamp && stamp + 29 <= c->line + c->line_used) note(&texts, strtoull(stamp + 9, NULL, 10), now);
    if (stamp && is_idle && c->events == 3) resting_count++;
}

static void take_data(struct connection *c, const char *p, size_t length, uint64_t now) {
    if (!is_stream) return;
    for (const char *end = p + length; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((newline ? newline : end) - p);
        if (c->line_used + n >= LINE) n = LINE - 1 - c->line_used;
        memcpy(c->line + c->line_used, p, n);
        c->line_used += n;
        if (!newline) return;
        c->line[c->line_used] = 0;
        take_line(c, now);
        c->line_used = 0;
        p = newline + 1;
    }
}

/// How many bytes of the head were taken; the state says whether it is whole.
static size_t take_head(struct connection *c, const char *p, size_t length, uint64_t now) {
    size_t had = c->head_used, room = HEAD - 1 - had, n = length < room ? length : room;
    memcpy(c->head + had, p, n);
    c->head[c->head_used = had + n] = 0;
    char *end = strstr(c->head + (had > 3 ? had - 3 : 0), "\r\n\r\n");
    if (!end) {
        if (n == room) die("a head is too large");
        return n;
    }
    n = (size_t)(end - c->head) + 4 - had;
    c->head[c->head_used = had + n] = 0;
    c->refused = memcmp(c->head, "HTTP/1.1 200", 12) != 0;
    char *field = strcasestr(c->head, "\r\ncontent-length:");
    c->left = field ? strtoull(field + 17, NULL, 10) : 0;
    c->state = field ? LENGTH_COMES : CHUNK_SIZE;
    if (!field && !strcasestr(c->head, "\r\ntransfer-encoding: chunked")) die("an answer without framing");
    if (strcasestr(c->head, "\r\nconnection: close")) die("the connection is to be closed");
    if (field && c->left == 0) complete(c, now);
    return n;
}

static size_t take_body(struct connection *c, const char *p, size_t length, uint64_t now) {
    size_t n = c->left < length ? (size_t)c->left : length;
    take_data(c, p, n, now);
    if ((c->left -= n) > 0) return n;
    if (c->state == CHUNK_DATA) c->state = CHUNK_END;
    else complete(c, now);
    return n;
}

static void take(struct connection *c, const char *p, size_t length, uint64_t now) {
    while (length > 0) {
        size_t n = 1;
        switch (c->state) {
        case RESTING: die("bytes that nobody asked for");
        case HEAD_COMES: n = take_head(c, p, length, now); break;
        case LENGTH_COMES: case CHUNK_DATA: n = take_body(c, p, length, now); break;
        case CHUNK_SIZE:
            if (*p == '\n') c->state = c->left ? CHUNK_DATA : LAST_LINE;
            else if (*p != '\r') c->left = c->left * 16 + (uint64_t)(*p <= '9' ? *p - '0' : (*p | 32) - 'a' + 10);
            break;
        case CHUNK_END:
            if (*p == '\n') c->state = CHUNK_SIZE;
            break;
        case LAST_LINE:
            if (*p == '\n') complete(c, now);
            break;
        }
        p += n;
        length -= n;
    }
}

static void readable(struct connection *c) {
    static char buffer[BUFFER];
    ssize_t n = recv(c->fd, buffer, BUFFER, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        fprintf(stderr, "gatewayload: state %d, %d events\n", c->state, c->events);
        die("the connection ended");
    }
    uint64_t now = now_ns();
    if (!c->has_byte && c->state == HEAD_COMES) {
        c->has_byte = 1;
        note(&first, c->due_at, now);
    }
    take(c, buffer, (size_t)n, now);
}

static void dial(int port, int index) {
    struct connection *c = &connections[index];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
}

static void turn(int64_t ns) {
    struct epoll_event events[512];
    struct timespec time = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    int n = (int)syscall(SYS_epoll_pwait2, epoll, events, 512, &time, NULL, 0);
    for (int i = 0; i < n; i++) {
        struct connection *c = &connections[events[i].data.u32];
        if (events[i].events & EPOLLOUT) {
            watch(c, EPOLLIN, EPOLL_CTL_MOD);
            writable(c);
        }
        if (events[i].events & ~(uint32_t)EPOLLOUT) readable(c);
    }
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double at(struct figures *figures, double share) {
    if (!figures->count) return 0;
    uint64_t place = (uint64_t)((double)figures->count * share);
    return figures->all[place < figures->count ? place : figures->count - 1] / 1000.0;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6;
}

static void read_request(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    request = malloc(8 << 20);
    request_length = fread(request, 1, 8 << 20, file);
    fclose(file);
}

static void hold_idle(double seconds) {
    for (int i = 0; i < count; i++) {
        ask(&connections[i], now_ns());
        while (i + 1 - resting_count > 64) turn(100000000);
    }
    while (resting_count < count) turn(100000000);
    printf("open\n");
    fflush(stdout);
    for (uint64_t end = now_ns() + (uint64_t)(seconds * 1e9); now_ns() < end;) turn(50000000);
    printf("{\"streams\":%d}\n", count);
}

/// Asks when it is due, or when something came.
static void run_until(uint64_t end) {
    static uint64_t next_at, interval;
    if (rate > 0 && !next_at) {
        interval = (uint64_t)(1e9 / rate);
        next_at = now_ns() + interval;
    }
    for (uint64_t now = now_ns(); now < end; now = now_ns()) {
        for (; rate > 0 && next_at <= now; next_at += interval) {
            if (resting_count) ask(&connections[resting[--resting_count]], next_at);
            else {
                late++;
                break;
            }
        }
        int64_t wait = (int64_t)(end - now);
        if (rate > 0) wait = next_at > now ? (int64_t)(next_at - now) : 1000000;
        turn(wait < 50000000 ? wait : 50000000);
    }
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: gatewayload json|stream|idle PORT SECONDS CONNECTIONS RATE FILE\n");
        return 64;
    }
    is_idle = strcmp(argv[1], "idle") == 0;
    is_stream = is_idle || strcmp(argv[1], "stream") == 0;
    int port = atoi(argv[2]);
    double seconds = atof(argv[3]);
    count = atoi(argv[4]);
    rate = atof(argv[5]);
    if (count < 1 || count > MAX_CONNECTIONS) return 64;
    read_request(argv[6]);
    connections = calloc((size_t)count, sizeof *connections);
    whole.all = malloc(sizeof(uint32_t) * MAX_FIGURES);
    first.all = malloc(sizeof(uint32_t) * MAX_FIGURES);
    texts.all = malloc(sizeof(uint32_t) * MAX_FIGURES);
    epoll = epoll_create1(0);
    for (int i = 0; i < count; i++) dial(port, i);
    if (is_idle) {
        hold_idle(seconds);
        return 0;
    }
    if (rate > 0) for (int i = count - 1; i >= 0; i--) resting[resting_count++] = i;
    else for (int i = 0; i < count; i++) ask(&connections[i], now_ns());
    run_until(now_ns() + 1000000000ull);
    printf("open\n");
    fflush(stdout);
    measuring_from = now_ns();
    measuring_until = measuring_from + (uint64_t)(seconds * 1e9);
    double cpu = cpu_seconds();
    run_until(measuring_until);
    cpu = cpu_seconds() - cpu;
    struct figures *sets[] = {&whole, &first, &texts};
    for (int i = 0; i < 3; i++) qsort(sets[i]->all, sets[i]->count, sizeof(uint32_t), by_value);
    printf(
        "{\"done\":%llu,\"perSecond\":%.1f,\"p50us\":%.1f,\"p99us\":%.1f,\"firstByteP50us\":%.1f,\"firstByteP99us\":%.1f,\"texts\":%llu,\"textP50us\":%.1f,"
        "\"textP99us\":%.1f,\"refused\":%llu,\"late\":%llu,\"all\":%llu,\"generatorCPUSeconds\":%.3f}\n",
        (unsigned long long)done, (double)done / seconds, at(&whole, 0.5), at(&whole, 0.99), at(&first, 0.5), at(&first, 0.99),
        (unsigned long long)texts.count, at(&texts, 0.5), at(&texts, 0.99), (unsigned long long)refused, (unsigned long long)late, (unsigned long long)all, cpu);
    return 0;
}
