/*
 * A fast model server without a model, behind every target of the benchmark.
 *
 *     cc -O2 -o upstream bench/upstream.c && ./upstream [PORT]
 *
 * One thread, one epoll loop, HTTP/1.1 with keep-alive. It prints its port, and ends with its
 * parent process. The path selects the format (FORMATS), the model's name how it answers (KINDS).
 * A streamed chunk's text is "@" and 16 digits: CLOCK_MONOTONIC in nanoseconds when it was written,
 * so that a reader on the same machine knows the delay exactly, and can count chunks by counting
 * "@".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define INPUT 65536
#define OUTPUT 32768
#define BATCH 1            /* chunks a write: model servers write each as they have it */
#ifndef DELAY
#define DELAY 50000000LL   /* ns. One for all, so that the queue of who waits is in order */
#endif

struct kind {
    const char *name;
    int waits;  /* DELAY before an answer that is not streamed */
    int chunks; /* of a streamed answer */
    int paced;  /* DELAY between them */
};
static const struct kind KINDS[] = {
    {"fast", 0, 2000, 0}, {"short", 0, 8, 0}, {"slow", 1, 8, 0}, {"paced", 0, 60, 1},
};

struct connection {
    int fd, length, filled, sent;     /* length: of the input; filled, sent: of the output */
    const struct format *format;
    const struct kind *kind;          /* of the stream under way, or NULL */
    int left, usage, waiting, writes; /* chunks left; usage wanted; in the queue; EPOLLOUT is on */
    long long due;
    TAILQ_ENTRY(connection) entry;
    char input[INPUT], output[OUTPUT];
};
static TAILQ_HEAD(, connection) queue = TAILQ_HEAD_INITIALIZER(queue);
static int loop;

#define TEXT                                                                                       \
    "A short answer, as long as many are: two sentences, of which this is the first. The second "  \
    "one ends here, so that there is something to relay."
#define USAGE "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":8,\"total_tokens\":20}"
#define TOKENS "\"usage\":{\"input_tokens\":12,\"output_tokens\":8}"
#define COUNTS "\"done_reason\":\"stop\",\"prompt_eval_count\":12,\"eval_count\":8}"
#define OBJECT(kind)                                                                               \
    "{\"id\":\"bench\",\"object\":\"" kind "\",\"created\":1700000000,\"model\":\"bench\",\"choices\":"
#define CHUNK "data: " OBJECT("chat.completion.chunk")
#define TEXT_CHUNK "data: " OBJECT("text_completion")
#define EVENT(kind) "event: " kind "\ndata: {\"type\":\"" kind "\""
#define MESSAGE                                                                                    \
    "\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"bench\","
#define LINE                                                                                       \
    "{\"model\":\"bench\",\"created_at\":\"2026-01-01T00:00:00.000000000Z\",\"message\":"             \
    "{\"role\":\"assistant\",\"content\":\""
#define STAMP "@%016lld"

/* An API: its path, a whole answer, and the parts of a stream. `usage` is sent if it is wanted. */
struct format {
    const char *path, *answer, *type, *first, *chunk, *last, *usage, *end;
};
static const struct format FORMATS[] = {
    {"/chat/completions",
     OBJECT("chat.completion") "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" TEXT
     "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]," USAGE "}",
     "text/event-stream",
     CHUNK "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
           "\"finish_reason\":null}]}\n\n",
     CHUNK "[{\"index\":0,\"delta\":{\"content\":\"" STAMP "\"},\"finish_reason\":null}]}\n\n",
     CHUNK "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
     CHUNK "[]," USAGE "}\n\n", "data: [DONE]\n\n"},
    {"/completions",
     OBJECT("text_completion") "[{\"index\":0,\"text\":\"" TEXT
     "\",\"logprobs\":null,\"finish_reason\":\"stop\"}]," USAGE "}",
     "text/event-stream", "",
     TEXT_CHUNK "[{\"index\":0,\"text\":\"" STAMP "\",\"finish_reason\":null}]}\n\n",
     TEXT_CHUNK "[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n",
     TEXT_CHUNK "[]," USAGE "}\n\n", "data: [DONE]\n\n"},
    {"/messages",
     "{" MESSAGE "\"content\":[{\"type\":\"text\",\"text\":\"" TEXT "\"}],\"stop_reason\":"
     "\"end_turn\",\"stop_sequence\":null," TOKENS "}",
     "text/event-stream",
     EVENT("message_start") ",\"message\":{" MESSAGE "\"content\":[],\"stop_reason\":null,"
     "\"stop_sequence\":null," TOKENS "}}\n\n"
     EVENT("content_block_start") ",\"index\":0,\"content_block\":{\"type\":\"text\","
     "\"text\":\"\"}}\n\n",
     EVENT("content_block_delta") ",\"index\":0,\"delta\":{\"type\":\"text_delta\","
     "\"text\":\"" STAMP "\"}}\n\n",
     EVENT("content_block_stop") ",\"index\":0}\n\n"
     EVENT("message_delta") ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
     TOKENS "}\n\n",
     "", EVENT("message_stop") "}\n\n"},
    {"/api/chat", LINE TEXT "\"},\"done\":true," COUNTS, "application/x-ndjson", "",
     LINE STAMP "\"},\"done\":false}\n", LINE "\"},\"done\":true," COUNTS "\n", "", ""},
};
static const char MODELS[] =
    "{\"object\":\"list\",\"data\":[{\"id\":\"fast\",\"object\":\"model\",\"created\":1700000000,"
    "\"owned_by\":\"bench\"}]}";
static const char VECTORS[] =
    "{\"object\":\"list\",\"model\":\"fast\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
    "\"embedding\":[0.25,-0.5,0.125,0.75]}]," USAGE "}";

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void add(struct connection *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    c->filled += vsnprintf(c->output + c->filled, OUTPUT - c->filled, format, arguments);
    va_end(arguments);
}

/* Add a piece of a chunked body. */
static void piece(struct connection *c, const char *text) {
    if (*text)
        add(c, "%zx\r\n%s\r\n", strlen(text), text);
}

static void end_stream(struct connection *c) {
    piece(c, c->format->last);
    if (c->usage)
        piece(c, c->format->usage);
    piece(c, c->format->end);
    add(c, "0\r\n\r\n");
    c->kind = NULL;
}

static void next_chunks(struct connection *c, int count) {
    char text[1024];
    for (; count && c->left; count--, c->left--) {
        snprintf(text, sizeof text, c->format->chunk, now());
        piece(c, text);
    }
    if (!c->left)
        end_stream(c);
}

static void wait_until(struct connection *c, long long due) {
    c->due = due;
    c->waiting = 1;
    TAILQ_INSERT_TAIL(&queue, c, entry);
}

static void drop(struct connection *c) {
    if (c->waiting)
        TAILQ_REMOVE(&queue, c, entry);
    close(c->fd);
    free(c);
}

/* Write what there is. Returns 0 if the connection is gone. */
static int flush(struct connection *c) {
    while (c->sent < c->filled) {
        ssize_t count = send(c->fd, c->output + c->sent, c->filled - c->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0)
            return drop(c), 0;
        c->sent += count;
    }
    if (c->sent == c->filled)
        c->sent = c->filled = 0;
    int writes = c->filled > 0 || (c->kind && !c->kind->paced && !c->waiting);
    if (writes != c->writes) {
        struct epoll_event e = {EPOLLIN | (writes ? EPOLLOUT : 0), {.ptr = c}};
        epoll_ctl(loop, EPOLL_CTL_MOD, c->fd, &e);
        c->writes = writes;
    }
    return 1;
}

static void answer(struct connection *c, const char *body) {
    add(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        strlen(body), body);
}

static void begin_stream(struct connection *c, const struct kind *kind, const char *body) {
    c->kind = kind;
    c->left = kind->chunks;
    c->usage = strstr(body, "\"include_usage\"") != NULL;
    add(c, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nCache-Control: no-cache\r\n"
        "Transfer-Encoding: chunked\r\n\r\n", c->format->type);
    piece(c, c->format->first);
    next_chunks(c, kind->paced ? 1 : BATCH);
    if (kind->paced)
        wait_until(c, now() + DELAY);
}

/* Return the text after `"name":` and spaces, or "". */
static const char *field(const char *body, const char *name) {
    const char *value = strstr(body, name);
    return value ? value + strlen(name) + strspn(value + strlen(name), " :\"") : "";
}

static const struct kind *kind_of(const char *body) {
    const char *model = field(body, "\"model\"");
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (!strncmp(model, KINDS[i].name, strlen(KINDS[i].name)))
            return &KINDS[i];
    return KINDS;
}

static const struct format *format_of(const char *path) {
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (strstr(path, FORMATS[i].path))
            return &FORMATS[i];
    return FORMATS;
}

static void handle(struct connection *c, const char *path, const char *body) {
    const struct kind *kind = kind_of(body);
    c->format = format_of(path);
    if (strstr(path, "/models"))
        answer(c, MODELS);
    else if (strstr(path, "/embeddings"))
        answer(c, VECTORS);
    else if (!strncmp(field(body, "\"stream\""), "true", 4))
        begin_stream(c, kind, body);
    else if (kind->waits)
        wait_until(c, now() + DELAY);
    else
        answer(c, c->format->answer);
}

/* Handle the request if it is here in full. */
static void parse(struct connection *c) {
    c->input[c->length] = 0;
    char *end = strstr(c->input, "\r\n\r\n");
    if (!end)
        return;
    *end = 0;
    char *size = strcasestr(c->input, "\r\ncontent-length:");
    int body = size ? atoi(size + 17) : 0, head = end + 4 - c->input;
    if (c->length < head + body) {
        *end = '\r';
        return;
    }
    strchrnul(c->input, '\r')[0] = 0;
    handle(c, c->input, end + 4);
    c->length = 0; /* no caller pipelines */
}

static void readable(struct connection *c) {
    ssize_t count = recv(c->fd, c->input + c->length, INPUT - 1 - c->length, 0);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN)
            drop(c);
        return;
    }
    c->length += count;
    parse(c);
    flush(c);
}

static void writable(struct connection *c) {
    if (!c->filled && c->kind && !c->kind->paced)
        next_chunks(c, BATCH);
    flush(c);
}

/* Serve the callers whose wait is over; return the ms until the next one. */
static int serve_queue(void) {
    struct connection *c;
    while ((c = TAILQ_FIRST(&queue))) {
        long long left = c->due - now();
        if (left > 0)
            return left / 1000000 + 1;
        TAILQ_REMOVE(&queue, c, entry);
        c->waiting = 0;
        if (!c->kind) {
            answer(c, c->format->answer);
        } else {
            if (c->filled < OUTPUT / 2) /* else the caller does not read: let it wait */
                next_chunks(c, 1);
            if (c->kind)
                wait_until(c, c->due + DELAY);
        }
        flush(c);
    }
    return -1;
}

static void accept_all(int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event e = {EPOLLIN, {.ptr = c}};
        epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e);
    }
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    socklen_t size = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&address, size) || listen(listener, 4096))
        exit((perror("upstream"), 1));
    getsockname(listener, (void *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int listener = listen_on(count > 1 ? atoi(arguments[1]) : 0);
    loop = epoll_create1(0);
    struct epoll_event e = {EPOLLIN, {.ptr = NULL}}, events[256];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int ready = epoll_wait(loop, events, 256, serve_queue());
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c)
                accept_all(listener);
            else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                readable(c);
            else
                writable(c);
        }
    }
}
