// A model's API as fast as it can be had: one thread, epoll. It answers every POST with a message of 1,024 bytes and its usage, or with a
// stream of 105 events (100 of them text) in the order in which Anthropic sends them.
//
//   upstream [PORT]        prints the port that it listens on
//
// `"stream":true` in the body asks for a stream, `?stream` in the path too. In the path's query: `pace=MICROSECONDS` sends the start and the
// first text at once and then one text each so often; `idle` sends the first text and then nothing. Each text holds the time at which it was
// written (CLOCK_MONOTONIC, nanoseconds), so that a reader on the same machine sees how long each took.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16384, TEXTS = 100, ANSWER = 1024, FIRST_BUFFER = 4096, BODY_LIMIT = 16 << 20, OUT_BUFFER = 1 << 16 };

struct connection {
    int fd;
    char *in;
    size_t used, capacity;
    uint64_t next_at, pace;
    int texts_sent; // -1: no paced stream runs
    int paced_place;
};

static struct connection *connections[CONNECTIONS];
static int paced[CONNECTIONS], paced_count, epoll;
static char answer[2048], out[OUT_BUFFER];
static size_t answer_length;

static const char stream_head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\nrequest-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\n"
    "anthropic-ratelimit-requests-limit: 4000\r\nanthropic-ratelimit-requests-remaining: 3999\r\nTransfer-Encoding: chunked\r\n\r\n";
static const char message_start[] =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_01XFDUDYJgAACzvnptvVoYEL\",\"type\":\"message\",\"role\":\"assistant\","
    "\"model\":\"claude-haiku-4-5-20251001\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":472,"
    "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":2,\"service_tier\":\"standard\"}}}\n\n";
static const char block_start[] =
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
static const char block_stop[] = "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n";
static const char message_delta[] =
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":100}}\n\n";
static const char message_stop[] = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

_Noreturn static void die(const char *what) {
    fprintf(stderr, "upstream: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void make_answer(void) {
    static const char before[] = "{\"id\":\"msg_01XFDUDYJgAACzvnptvVoYEL\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5-20251001\","
                                 "\"content\":[{\"type\":\"text\",\"text\":\"";
    static const char after[] = "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":472,\"cache_creation_input_tokens\":0,"
                                "\"cache_read_input_tokens\":0,\"output_tokens\":180,\"service_tier\":\"standard\"}}";
    int n = sprintf(
        answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nrequest-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\n"
                "anthropic-ratelimit-requests-limit: 4000\r\nanthropic-ratelimit-requests-remaining: 3999\r\n\r\n", ANSWER);
    char *p = answer + n, *end = answer + n + ANSWER - (sizeof after - 1);
    memcpy(p, before, sizeof before - 1);
    for (p += sizeof before - 1; p < end; p++) *p = "some words of an answer "[(p - answer) % 24];
    memcpy(end, after, sizeof after - 1);
    answer_length = (size_t)n + ANSWER;
}

static void drop(struct connection *c);

/// What does not fit the socket's buffer is waited for: a peer that does not read would hold up everybody, and none here does that.
static int write_all(struct connection *c, const char *p, size_t length) {
    while (length > 0) {
        ssize_t n = send(c->fd, p, length, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (n <= 0) return 0;
        p += n;
        length -= (size_t)n;
    }
    return 1;
}

static char *put_chunk(char *p, const char *event, size_t length) {
    p += sprintf(p, "%zx\r\n", length);
    memcpy(p, event, length);
    memcpy(p + length, "\r\n", 2);
    return p + length + 2;
}

static char *put_text(char *p) {
    char event[256];
    int n = sprintf(
        event, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"@%020llu \"}}\n\n",
        (unsigned long long)now_ns());
    return put_chunk(p, event, (size_t)n);
}

static char *put_end(char *p) {
    p = put_chunk(p, block_stop, sizeof block_stop - 1);
    p = put_chunk(p, message_delta, sizeof message_delta - 1);
    p = put_chunk(p, message_stop, sizeof message_stop - 1);
    memcpy(p, "0\r\n\r\n", 5);
    return p + 5;
}

static void stop_pacing(struct connection *c) {
    if (c->texts_sent < 0) return;
    c->texts_sent = -1;
    int last = paced[--paced_count];
    paced[c->paced_place] = last;
    connections[last]->paced_place = c->paced_place;
}

static int begin_stream(struct connection *c, uint64_t pace, int idle) {
    char *p = out;
    memcpy(p, stream_head, sizeof stream_head - 1);
    p = put_chunk(p + sizeof stream_head - 1, message_start, sizeof message_start - 1);
    p = put_chunk(p, block_start, sizeof block_start - 1);
    int texts = pace || idle ? 1 : TEXTS;
    for (int i = 0; i < texts; i++) p = put_text(p);
    if (texts == TEXTS) p = put_end(p);
    if (pace) {
        c->pace = pace;
        c->next_at = now_ns() + pace;
        c->texts_sent = 1;
        c->paced_place = paced_count;
        paced[paced_count++] = c->fd;
    }
    return write_all(c, out, (size_t)(p - out));
}

static int go_on(struct connection *c) {
    char *p = put_text(out);
    c->next_at += c->pace;
    if (++c->texts_sent == TEXTS) {
        p = put_end(p);
        stop_pacing(c);
    }
    return write_all(c, out, (size_t)(p - out));
}

/// One whole request from the buffer's beginning; 0: not yet there, -1: the connection is to be closed.
static ssize_t take_request(struct connection *c) {
    char *end = memmem(c->in, c->used, "\r\n\r\n", 4);
    if (!end) return c->used > 65536 ? -1 : 0;
    size_t head = (size_t)(end - c->in) + 4, length = 0;
    *end = 0;
    char *field = strcasestr(c->in, "\r\ncontent-length:");
    if (field) length = strtoul(field + 17, NULL, 10);
    *end = '\r';
    if (length > BODY_LIMIT) return -1;
    if (c->used < head + length) {
        if (c->capacity < head + length) c->in = realloc(c->in, c->capacity = head + length);
        return c->in ? 0 : -1;
    }
    char *line = memchr(c->in, '\r', head), *pace = memmem(c->in, (size_t)(line - c->in), "pace=", 5);
    int idle = memmem(c->in, (size_t)(line - c->in), "idle", 4) != NULL;
    int stream = pace || idle || memmem(c->in, (size_t)(line - c->in), "?stream", 7) || memmem(c->in + head, length, "\"stream\":true", 13);
    int well = stream ? begin_stream(c, pace ? strtoul(pace + 5, NULL, 10) * 1000 : 0, idle) : write_all(c, answer, answer_length);
    return well ? (ssize_t)(head + length) : -1;
}

static void drop(struct connection *c) {
    stop_pacing(c);
    connections[c->fd] = NULL;
    close(c->fd);
    free(c->in);
    free(c);
}

static void readable(struct connection *c) {
    if (c->used == c->capacity) c->in = realloc(c->in, c->capacity *= 2);
    ssize_t n = recv(c->fd, c->in + c->used, c->capacity - c->used, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return drop(c);
    c->used += (size_t)n;
    for (ssize_t taken; c->used > 0 && (taken = take_request(c)) != 0;) {
        if (taken < 0) return drop(c);
        memmove(c->in, c->in + taken, c->used -= (size_t)taken);
    }
}

static void take_connection(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
    if (fd < 0) return;
    if (fd >= CONNECTIONS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->texts_sent = -1;
    c->in = malloc(c->capacity = FIRST_BUFFER);
    connections[fd] = c;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/// Nanoseconds until the next text; -1: none is due.
static int64_t send_due(void) {
    int64_t wait = -1;
    uint64_t now = now_ns();
    for (int i = 0; i < paced_count;) {
        struct connection *c = connections[paced[i]];
        if (c->next_at <= now) {
            int before = paced_count;
            if (!go_on(c)) drop(c);
            if (paced_count < before) continue;
        }
        int64_t left = (int64_t)(c->next_at - now);
        if (wait < 0 || left < wait) wait = left > 0 ? left : 0;
        i++;
    }
    return wait;
}

static int wait_for(struct epoll_event *events, int count, int64_t ns) {
    struct timespec time = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return (int)syscall(SYS_epoll_pwait2, epoll, events, count, ns < 0 ? NULL : &time, NULL, 0);
}

int main(int argc, char **argv) {
    make_answer();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 4096) < 0) die("listen");
    socklen_t length = sizeof at;
    getsockname(listener, (struct sockaddr *)&at, &length);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = wait_for(events, 512, send_due());
        if (n < 0 && errno != EINTR) die("epoll");
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener) take_connection(listener);
            else if (connections[events[i].data.fd]) readable(connections[events[i].data.fd]);
        }
    }
}
