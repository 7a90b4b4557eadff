#define _GNU_SOURCE
#include "CLinux.h"

#include <signal.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile int catcher_end = -1;

// "/proc/<number>/cmdline", without a function that a handler may not call (signal-safety(7)).
static void command_path(char *path, int32_t process) {
    char digits[12];
    int count = 0;
    for (unsigned int rest = (unsigned int)process; rest > 0 && count < 11; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    memcpy(path, "/proc/", 6);
    path += 6;
    while (count > 0) *path++ = digits[--count];
    memcpy(path, "/cmdline", 9);
}

static void read_command(struct clinux_caught *caught) {
    char path[32];
    command_path(path, caught->sender);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t count = read(file, caught->command, sizeof caught->command);
    close(file);
    if (count > 0) caught->command_length = (uint32_t)count;
}

static void catcher(int number, siginfo_t *info, void *context) {
    (void)context;
    int kept = errno;
    struct clinux_caught caught = {.number = number, .code = info->si_code, .sender = 0, .user = 0, .command_length = 0};
    // Only signals of processes have a sender; for those of the kernel the same bytes mean something else.
    if (info->si_code <= 0) {
        caught.sender = info->si_pid;
        caught.user = info->si_uid;
        if (caught.sender > 0) read_command(&caught);
    }
    ssize_t written = write(catcher_end, &caught, sizeof caught);
    (void)written;
    errno = kept;
}

int clinux_catch(const int *signals, int count, int pipe_end) {
    catcher_end = pipe_end;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = catcher;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    sigset_t wanted;
    sigemptyset(&wanted);
    for (int index = 0; index < count; index++) {
        if (sigaction(signals[index], &action, NULL) != 0) return -1;
        sigaddset(&wanted, signals[index]);
    }
    return pthread_sigmask(SIG_UNBLOCK, &wanted, NULL) == 0 ? 0 : -1;
}

int clinux_caught_next(int pipe_end, struct clinux_caught *caught) {
    ssize_t count;
    do count = read(pipe_end, caught, sizeof *caught);
    while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *caught ? 1 : 0;
}

void clinux_end_by(int number) {
    signal(number, SIG_DFL);
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, number);
    pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
    kill(getpid(), number);
    sleep(1);
    _exit(128 + number);
}
