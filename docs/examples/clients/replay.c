/*
 * Replays a transcript: sends each request and compares the reply with what is expected. The peer is any program that
 * speaks the text dialect (docs/protocol.md), over pipes: `vtd serve --text`, an adapter of your own, or a QEMU that was
 * started with `-qtest stdio`; with -u it is a Unix socket, such as that of `-qtest unix:PATH,server=on,wait=off`.
 *
 *   cc -o replay replay.c
 *   ./replay TRANSCRIPT vtd serve --text
 *   ./replay -u SOCKET TRANSCRIPT
 *
 * In a transcript `> ` begins a request, and `< ` a reply that is right, as a pattern of fnmatch(3): `*` is any text, `?`
 * any character, `[...]` one of several. Of several `< ` lines one has to match; without any, every `OK` is right. All
 * other lines are for the reader. The status is 0 if all replies were right, 1 if not, 2 if nothing can be said.
 *
 * POSIX and the C library are all that it needs.
 */
#define _POSIX_C_SOURCE 200809L
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to_peer, *from_peer;
static pid_t child;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* A program behind two pipes. */
static void start(char **command)
{
    int requests[2], replies[2];

    if (pipe(requests) < 0 || pipe(replies) < 0)
        fail("pipe");
    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        dup2(requests[0], STDIN_FILENO);
        dup2(replies[1], STDOUT_FILENO);
        close(requests[0]), close(requests[1]);
        close(replies[0]), close(replies[1]);
        execvp(command[0], command);
        perror(command[0]);
        _exit(2);
    }
    close(requests[0]);
    close(replies[1]);
    to_peer = fdopen(requests[1], "w");
    from_peer = fdopen(replies[0], "r");
}

/* A server ends with its input. An emulator does not. */
static void stop(void)
{
    fclose(to_peer);
    if (child == 0)
        return;
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
}

static void connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int peer = socket(AF_UNIX, SOCK_STREAM, 0);

    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "%s: too long for a socket\n", path);
        exit(2);
    }
    strcpy(address.sun_path, path);
    if (peer < 0 || connect(peer, (struct sockaddr *)&address, sizeof address) < 0)
        fail(path);
    to_peer = fdopen(peer, "w");
    from_peer = fdopen(dup(peer), "r");
}

/* One line without its end; NULL at the end of the file. The caller frees it. */
static char *line_of(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);

    if (length < 0) {
        free(line);
        return NULL;
    }
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        line[--length] = '\0';
    return line;
}

/* The reply to a request. QEMU also tells of interrupts, which nobody asked for. */
static char *ask(const char *request)
{
    char *reply;

    fprintf(to_peer, "%s\n", request);
    if (fflush(to_peer) != 0)
        fail("write");
    while ((reply = line_of(from_peer)) != NULL && strncmp(reply, "IRQ", 3) == 0)
        free(reply);
    if (reply == NULL) {
        fprintf(stderr, "the peer has ended; it was asked: %s\n", request);
        exit(2);
    }
    return reply;
}

/* What is known of the request at hand. */
static struct {
    char *request, *reply;
    char *expected; /* The patterns, for the message. */
    int line, patterns, matched;
} now;

/* Judges the request before, if there was one: 1 if its reply was wrong. */
static int judged(void)
{
    int wrong = 0;

    if (now.request != NULL) {
        wrong = now.patterns > 0 ? !now.matched : strncmp(now.reply, "OK", 2) != 0;
        if (wrong)
            printf("line %d: %s\n  answered %s\n%s", now.line, now.request, now.reply,
                   now.patterns > 0 ? now.expected : "  expected OK\n");
        free(now.request), free(now.reply), free(now.expected);
    }
    memset(&now, 0, sizeof now);
    return wrong;
}

static void expect(const char *pattern)
{
    size_t before = now.expected == NULL ? 0 : strlen(now.expected);
    char *longer = realloc(now.expected, before + strlen(pattern) + 16);

    if (longer == NULL)
        fail("memory");
    now.expected = longer;
    sprintf(now.expected + before, "  %s %s\n", before == 0 ? "expected" : "or      ", pattern);
    now.patterns += 1;
    now.matched |= fnmatch(pattern, now.reply, 0) == 0;
}

int main(int argc, char **argv)
{
    int socket_given = argc == 4 && strcmp(argv[1], "-u") == 0;
    const char *path = socket_given ? argv[3] : argv[1];
    int asked = 0, wrong = 0, number = 0;
    FILE *transcript;
    char *line;

    if (!socket_given && argc < 3) {
        fprintf(stderr, "usage: %s TRANSCRIPT COMMAND...\n       %s -u SOCKET TRANSCRIPT\n", argv[0], argv[0]);
        return 2;
    }
    transcript = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (transcript == NULL)
        fail(path);
    signal(SIGPIPE, SIG_IGN);
    if (socket_given)
        connect_to(argv[2]);
    else
        start(argv + 2);

    while ((line = line_of(transcript)) != NULL) {
        number += 1;
        if (strncmp(line, "> ", 2) == 0) {
            wrong += judged();
            now.request = strdup(line + 2);
            now.reply = ask(now.request);
            now.line = number;
            asked += 1;
        } else if (strncmp(line, "< ", 2) == 0 && now.request != NULL) {
            expect(line + 2);
        }
        free(line);
    }
    wrong += judged();
    stop();
    printf("%d requests, %d wrong\n", asked, wrong);
    return wrong > 0;
}
