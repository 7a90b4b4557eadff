#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_signalfd(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_signalfd_read(int descriptor, struct clinux_signal *found) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    if (count != sizeof info) return 0;
    found->number = (int32_t)info.ssi_signo;
    found->code = info.ssi_code;
    found->sender = (pid_t)info.ssi_pid;
    found->sender_uid = info.ssi_uid;
    return 1;
}

int clinux_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int clinux_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

int clinux_set_dumpable(int yes) { return prctl(PR_SET_DUMPABLE, (unsigned long)(yes != 0), 0UL, 0UL, 0UL); }

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int clinux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int clinux_peer(int socket, int32_t *process, uint32_t *user) {
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return -1;
    *process = who.pid;
    *user = who.uid;
    return 0;
}

int clinux_close_on_exec_from(unsigned int first) {
#ifdef SYS_close_range
    // CLOSE_RANGE_CLOEXEC; Linux 5.11 and later.
    if (syscall(SYS_close_range, first, ~0U, 4U) == 0) return 0;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    for (int descriptor = (int)first; descriptor < (most > 0 && most < 65536 ? most : 65536); descriptor++) {
        int flags = fcntl(descriptor, F_GETFD);
        if (flags >= 0) fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
    }
    return 0;
}

int clinux_signal_thread(int32_t process, int32_t thread, int number) { return (int)syscall(SYS_tgkill, process, thread, number); }

int32_t clinux_thread_id(void) {
    // Asked for with every log record: a call of the system would cost more than the record.
    static __thread pid_t known;
    if (known == 0) known = (pid_t)syscall(SYS_gettid);
    return known;
}

const char *clinux_exec_name(void) { return (const char *)getauxval(AT_EXECFN); }

int clinux_open_path(const char *path) { return open(path, O_PATH | O_CLOEXEC); }
